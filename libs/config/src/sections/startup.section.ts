import { Max, Min } from 'class-validator';
import { seconds } from '../variable-kind';
import { Variable } from '../variable.decorator';

const EXPECTED = 'seconds, 0.1 to 3600';
const MIN_MS = 100;
const MAX_MS = 3_600_000;

export class StartupSection {
  @Variable({
    name: 'POSTGRES_STARTUP_TIMEOUT',
    kind: seconds,
    default: '60',
    expected: EXPECTED,
    meaning: 'How long a starting service waits for PostgreSQL before it gives up.',
  })
  @Min(MIN_MS)
  @Max(MAX_MS)
  readonly postgresTimeoutMs!: number;

  @Variable({
    name: 'REDIS_STARTUP_TIMEOUT',
    kind: seconds,
    default: '30',
    expected: EXPECTED,
    meaning: 'How long a starting service waits for Redis before it goes on without.',
  })
  @Min(MIN_MS)
  @Max(MAX_MS)
  readonly redisTimeoutMs!: number;

  @Variable({
    name: 'APP_STARTUP_TIMEOUT',
    kind: seconds,
    default: '120',
    expected: EXPECTED,
    meaning: 'How long the whole start may take, waiting for migrations included.',
  })
  @Min(MIN_MS)
  @Max(MAX_MS)
  readonly appTimeoutMs!: number;

  @Variable({
    name: 'WEIR_SHUTDOWN_GRACE',
    kind: seconds,
    default: '25',
    expected: EXPECTED,
    meaning: 'How long a stopping service may take before it ends by force.',
  })
  @Min(MIN_MS)
  @Max(MAX_MS)
  readonly shutdownGraceMs!: number;
}
