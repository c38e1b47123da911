import { freePorts, startPostgres, startRedis } from '@weir/embedded';
import type { PostgresServer, RedisServer } from '@weir/embedded';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Backends {
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
  readonly env: Readonly<Record<string, string>>;
  end(): Promise<void>;
}

export async function startBackends(): Promise<Backends> {
  const dir = await mkdtemp(join(tmpdir(), 'weir-bootstrap-'));
  const [databasePort = 0, redisPort = 0] = await freePorts(2);
  const [postgres, redis] = await Promise.all([
    startPostgres({
      dataDir: join(dir, 'postgres'),
      port: databasePort,
      password: 'test',
      logFile: join(dir, 'postgres.log'),
      durable: false,
    }),
    startRedis({ port: redisPort, dir: join(dir, 'redis'), logFile: join(dir, 'redis.log') }),
  ]);
  await postgres.createDatabase('weir');
  return {
    postgres,
    redis,
    env: {
      WEIR_ENV: 'test',
      LOG_LEVEL: 'info',
      DB_PORT: String(databasePort),
      DB_USER: postgres.user,
      DB_PASSWORD: postgres.password,
      REDIS_PORT: String(redisPort),
    },
    end: async () => {
      await Promise.all([postgres.stop(), redis.stop()]);
      await rm(dir, { recursive: true, force: true });
      await rm(postgres.dataDir, { recursive: true, force: true });
    },
  };
}

type Message = Readonly<Record<string, unknown>>;

/** The fixture service as a process of its own, with an IPC channel as `npm start` opens one. */
export class ServiceProcess {
  readonly messages: Message[] = [];
  output = '';
  readonly exited: Promise<number | null>;
  private readonly child: ChildProcess;
  private readonly waiting = new Set<() => void>();

  constructor(env: Readonly<Record<string, string>>) {
    const register = join(__dirname, 'register.test-support.cjs');
    const fixture = join(__dirname, 'service.fixture.test-support.ts');
    this.child = spawn(
      process.execPath,
      ['--conditions=@weir/source', '--require', register, fixture],
      { env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
    );
    this.exited = new Promise((resolve) => {
      this.child.once('close', (code) => resolve(code));
      // After a disconnect from this side Node.js never tells of 'close'.
      this.child.once('exit', (code) => !this.child.connected && setTimeout(resolve, 200, code));
    });
    this.child.stdout?.on('data', (text) => this.take(() => (this.output += String(text))));
    this.child.stderr?.on('data', (text) => this.take(() => (this.output += String(text))));
    this.child.on('message', (message) => this.take(() => this.messages.push(message as Message)));
    void this.exited.then(() => this.take(() => undefined));
  }

  /** The first message of that type; fails when the process ends without it. */
  async message(type: string, fields: Message = {}): Promise<Message> {
    const find = (): Message | undefined =>
      this.messages.find((m) =>
        Object.entries({ type, ...fields }).every(([key, value]) => m[key] === value),
      );
    await this.until(() => find() !== undefined || this.hasExited);
    const found = find();
    if (found === undefined) throw new Error(`ended without ${type}:\n${this.output}`);
    return found;
  }

  async url(): Promise<string> {
    return String((await this.message('ready'))['url']);
  }

  async outputHas(text: string): Promise<void> {
    await this.until(() => this.output.includes(text) || this.hasExited);
    if (!this.output.includes(text)) throw new Error(`ended without "${text}":\n${this.output}`);
  }

  /** Closes the IPC channel, as the system does when the parent is killed. */
  disconnect(): void {
    this.child.disconnect();
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  private get hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private take(what: () => void): void {
    what();
    for (const look of [...this.waiting]) look();
  }

  private until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
      look();
    });
  }
}
