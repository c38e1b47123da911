import { IsInt, Matches, Max, Min } from 'class-validator';
import type { Secret } from '../secret';
import { secretText, seconds, text, wholeNumber } from '../variable-kind';
import { Variable } from '../variable.decorator';

export class DatabaseSection {
  @Variable({
    name: 'DB_HOST',
    kind: text,
    default: '127.0.0.1',
    expected: 'an address or a host name',
    meaning: 'Where PostgreSQL listens.',
  })
  @Matches(/^\S+$/)
  readonly host!: string;

  @Variable({
    name: 'DB_PORT',
    kind: wholeNumber,
    default: '5432',
    expected: 'a port, 1 to 65535',
    meaning: 'Port of PostgreSQL.',
  })
  @IsInt()
  @Min(1)
  @Max(65535)
  readonly port!: number;

  @Variable({
    name: 'DB_NAME',
    kind: text,
    default: 'weir',
    expected: 'a database name of at most 63 characters',
    meaning: 'Name of the database.',
  })
  @Matches(/^\S{1,63}$/)
  readonly name!: string;

  @Variable({
    name: 'DB_USER',
    kind: text,
    default: 'weir',
    expected: 'a role name of at most 63 characters',
    meaning: 'Role that connects.',
  })
  @Matches(/^\S{1,63}$/)
  readonly user!: string;

  @Variable({
    name: 'DB_PASSWORD',
    kind: secretText,
    default: 'weir',
    requiredIn: ['production'],
    meaning: 'Password of the role.',
  })
  readonly password!: Secret;

  @Variable({
    name: 'DB_TIMEOUT',
    kind: seconds,
    default: '30',
    expected: 'seconds, 0.1 to 600',
    meaning: 'Longest time one statement may take.',
  })
  @Min(100)
  @Max(600_000)
  readonly timeoutMs!: number;

  @Variable({
    name: 'DB_MAX_RETRIES',
    kind: wholeNumber,
    default: '3',
    expected: 'whole number, 0 to 20',
    meaning: 'How often a transient failure is tried again before it is reported.',
  })
  @IsInt()
  @Min(0)
  @Max(20)
  readonly retriesMax!: number;

  @Variable({
    name: 'DB_RETRY_DELAY',
    kind: seconds,
    default: '0.05',
    expected: 'seconds, 0.001 to 60',
    meaning: 'First wait before trying again; it doubles with each attempt and is jittered.',
  })
  @Min(1)
  @Max(60_000)
  readonly retryDelayMs!: number;

  @Variable({
    name: 'DB_POOL_MAX',
    kind: wholeNumber,
    default: '10',
    expected: 'whole number, 8 to 500',
    meaning:
      'Most connections in each of the three pools of a process (heartbeats at most 4, ownership 8, other reads 8).',
  })
  @IsInt()
  @Min(8)
  @Max(500)
  readonly connectionsMax!: number;
}
