import { mkdir } from 'node:fs/promises';
import { EmbeddedError } from './embedded.error';
import { portTaken } from './port.probe';
import { Program } from './program.process';
import { maybeShutDownRedis, probeRedis } from './redis.connection';
import { findRedisProgram, type RedisKind } from './redis.kind';
import { nativeLaunch, readScriptVersion, type RedisLaunch, scriptLaunch } from './redis.program';
import { until } from './until';

/** What to start and where. */
export interface RedisOptions {
  readonly port: number;
  readonly password?: string;
  /** Folder of the append-only file; made when absent. Not used by js-redis-server. */
  readonly dir: string;
  /** File that the server's output is appended to. */
  readonly logFile: string;
  /** Only this kind. Absent: redis-server, else valkey-server, else js-redis-server. */
  readonly kind?: RedisKind;
  /** redis.conf settings over the defaults of this library; not used by js-redis-server. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * What to do when a server of this folder still has the port, left by a process that was killed:
   * false (default) throws PORT_TAKEN, true stops it first. Another program on the port is never
   * stopped.
   */
  readonly takeOver?: boolean;
  /** How long the server may take until it keeps a value. Default 30,000. */
  readonly readyTimeoutMs?: number;
}

/** A running Redis. */
export interface RedisServer {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly password: string | undefined;
  readonly kind: RedisKind;
  readonly version: string;
  /** Whether data survives a restart: true for native servers, false for js-redis-server. */
  readonly isPersistent: boolean;
  readonly pid: number;
  /** `redis://` address, password included. */
  url(): string;
  /** Clean shutdown. Resolves when the process is gone. */
  stop(): Promise<void>;
  /** Sends a signal. After SIGKILL it resolves when the process is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /**
   * Stops the server if it runs, and starts it on the same folder and port. Resolves when it
   * answers.
   */
  restart(): Promise<void>;
}

const READY_TIMEOUT_MS = 30_000;

/**
 * Long enough for an append-only file to be written out; js-redis-server notices within half a
 * second.
 */
const TAKE_OVER_TIMEOUT_MS = 5_000;

/** The system takes a killed process away at once, unless it hangs in a disk. */
const KILL_TIMEOUT_MS = 10_000;

/** SIGTERM writes the append-only file to the end and leaves. */
const STOP_STEPS = [
  ['SIGTERM', 20_000],
  ['SIGKILL', KILL_TIMEOUT_MS],
] as const;

/**
 * Starts a Redis on 127.0.0.1 and resolves when it keeps a value: a native one with an append-only
 * file and without eviction when the PATH has one, else the server of the npm package
 * js-redis-server.
 * @throws EmbeddedError; a start that fails leaves no process behind.
 */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const { kind, launch } = await resolveLaunch(options);
  await mkdir(options.dir, { recursive: true });
  if (options.takeOver && (await portTaken(options.port))) {
    await maybeShutDownRedis(options.port, options.password, options.dir);
    await until(async () => !(await portTaken(options.port)) || undefined, TAKE_OVER_TIMEOUT_MS);
  }
  const server = new EmbeddedRedis(options, kind, launch);
  await server.run();
  return server;
}

async function resolveLaunch(
  options: RedisOptions,
): Promise<{ kind: RedisKind; launch: RedisLaunch }> {
  const { port, password, dir, settings = {} } = options;
  const program = await findRedisProgram(options.kind);
  if (program) {
    return { kind: program.kind, launch: nativeLaunch(program, { port, password, dir, settings }) };
  }
  if (options.kind !== undefined && options.kind !== 'js-redis-server') {
    throw new EmbeddedError('REDIS_PROGRAM_MISSING', `There is no ${options.kind} on the PATH.`);
  }
  return { kind: 'js-redis-server', launch: scriptLaunch({ port, password, dir, settings }) };
}

class EmbeddedRedis implements RedisServer {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly password: string | undefined;
  readonly isPersistent: boolean;
  version = '';
  private program: Program | undefined;

  constructor(
    private readonly options: RedisOptions,
    readonly kind: RedisKind,
    private readonly launch: RedisLaunch,
  ) {
    this.port = options.port;
    this.password = options.password;
    this.isPersistent = kind !== 'js-redis-server';
  }

  get pid(): number {
    return this.program?.pid ?? -1;
  }

  url(): string {
    const user = this.password === undefined ? '' : `:${encodeURIComponent(this.password)}@`;
    return `redis://${user}${this.host}:${this.port}`;
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
    await this.run();
  }

  /** Starts the program and waits until it keeps a value. */
  async run(): Promise<void> {
    if (await portTaken(this.port)) {
      throw new EmbeddedError('PORT_TAKEN', `Port ${this.port} is in use: Redis cannot start.`);
    }
    const { logFile } = this.options;
    this.program = await Program.start({ ...this.launch, logFile }, 'SIGTERM');
    try {
      this.version = await this.waitUntilReady(this.program);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  private async waitUntilReady(program: Program): Promise<string> {
    const timeoutMs = this.options.readyTimeoutMs ?? READY_TIMEOUT_MS;
    let last: unknown;
    const probe = await until(async () => {
      if (program.hasExited) {
        throw new EmbeddedError(
          'EXITED_EARLY',
          `${this.kind} ended before it answered:\n${program.logTail()}`,
        );
      }
      return probeRedis(this.port, this.password).catch((error: unknown) => {
        last = error;
        return undefined;
      });
    }, timeoutMs);
    if (!probe) {
      throw new EmbeddedError(
        'NOT_READY_IN_TIME',
        `${this.kind} did not answer on port ${this.port} within ${timeoutMs} ms:\n${program.logTail()}`,
        { cause: last },
      );
    }
    return this.isPersistent ? (probe.version ?? 'unknown') : readScriptVersion();
  }
}
