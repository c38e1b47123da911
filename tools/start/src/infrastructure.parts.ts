import { startPostgres, startRedis } from '@weir/embedded';
import type { PostgresServer, RedisKind, RedisServer } from '@weir/embedded';
import type { Home, Secrets } from './home';
import { readLastLines } from './log.tail';
import type { Part, RunningPart } from './part';
import { StartError } from './start.error';

const LOG_LINES_SHOWN = 20;
export const DATABASE_NAME = 'weir';

/** The embedded PostgreSQL. */
export class PostgresPart implements Part {
  readonly name = 'postgres';
  readonly tier = 'infrastructure';

  constructor(
    private readonly home: Home,
    private readonly secrets: Secrets,
    private readonly options: { readonly port: number; readonly isDurable: boolean },
  ) {}

  async start(onDetail: (detail: string) => void): Promise<RunningPart> {
    onDetail(this.home.hasData ? 'opening the database' : 'making the database');
    const server = await startOrExplain(this.name, this.home, () =>
      startPostgres({
        dataDir: this.home.postgres,
        port: this.options.port,
        password: this.secrets.postgresPassword,
        logFile: this.home.logOf(this.name),
        durable: this.options.isDurable,
        takeOver: true,
      }),
    );
    await server.createDatabase(DATABASE_NAME);
    return runningServer(server, `port ${server.port}`);
  }
}

/** The embedded Redis, or the one on the PATH. */
export class RedisPart implements Part {
  readonly name = 'redis';
  readonly tier = 'infrastructure';

  constructor(
    private readonly home: Home,
    private readonly secrets: Secrets,
    private readonly options: {
      readonly port: number;
      readonly kind: RedisKind | undefined;
      readonly onSpawn: (name: string, pid: number) => void;
    },
  ) {}

  async start(): Promise<RunningPart> {
    const server = await startOrExplain(this.name, this.home, () =>
      startRedis({
        dir: this.home.redis,
        port: this.options.port,
        password: this.secrets.redisPassword,
        logFile: this.home.logOf(this.name),
        takeOver: true,
        ...(this.options.kind && { kind: this.options.kind }),
      }),
    );
    this.options.onSpawn(this.name, server.pid);
    return runningServer(server, `${server.kind} ${server.version}, port ${server.port}`);
  }
}

async function startOrExplain<T>(name: string, home: Home, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const logFile = home.logOf(name);
    throw new StartError(
      `${name} did not start: ${(error as Error).message}`,
      [`read its whole log: ${logFile}`, 'to begin with empty data: npm start -- --fresh'],
      readLastLines(logFile, LOG_LINES_SHOWN),
      { cause: error },
    );
  }
}

function runningServer(server: PostgresServer | RedisServer, summary: string): RunningPart {
  return {
    summary,
    pid: server.pid,
    stop: () => server.stop(),
    kill: (signal) => server.kill(signal),
    died: new Promise(() => undefined),
    ...('restart' in server && { restart: () => server.restart() }),
  };
}
