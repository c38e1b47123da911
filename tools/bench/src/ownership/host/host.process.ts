import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { HostNews, HostOrder, HostRequest, InstanceOrder } from './host.order';

const PROGRAM = join(__dirname, 'instance.host.js');
/** A registration is tried for as long as it takes; this is when something is wrong. In ms. */
const READY_TIMEOUT_MS = 120_000;

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** The parent's side of a process that is one or many instances. */
export class HostProcess {
  private readonly exited: Promise<number | null>;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private isEnding = false;

  private constructor(
    readonly instances: readonly InstanceOrder[],
    private readonly child: ChildProcess,
  ) {
    this.exited = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    void this.exited.then(() => this.giveUp());
  }

  /** Calls back when the process ends without having been asked to. */
  whenDied(callback: () => void): void {
    void this.exited.then(() => !this.isEnding && callback());
  }

  /** Resolves when every instance of it is registered. @throws Error when it ends before. */
  static async start(order: HostOrder): Promise<HostProcess> {
    const child = fork(PROGRAM, [JSON.stringify(order)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const host = new HostProcess(order.instances, child);
    await host.untilReady();
    return host;
  }

  /** kill -9. @returns when, just before it: ns of the machine's monotonic clock. */
  async kill(): Promise<bigint> {
    this.isEnding = true;
    const atNs = process.hrtime.bigint();
    this.child.kill('SIGKILL');
    await this.exited;
    return atNs;
  }

  /** Every instance leaves cleanly, then the process ends. @throws Error when it could not. */
  async stop(): Promise<void> {
    this.isEnding = true;
    this.child.kill('SIGTERM');
    const code = await this.exited;
    if (code !== 0) throw new Error(`a host of instances ended with ${code} instead of leaving`);
  }

  /** One instance leaves cleanly; the others and the process stay. */
  leave(serverId: string): Promise<void> {
    return this.ask({ kind: 'leave', serverId });
  }

  /** An instance that left comes back under its name. */
  join(serverId: string): Promise<void> {
    return this.ask({ kind: 'join', serverId });
  }

  private ask(request: Omit<HostRequest, 'id'>): Promise<void> {
    const id = (this.lastId += 1);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.child.send({ id, ...request } satisfies HostRequest);
    });
  }

  private untilReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.child.kill('SIGKILL');
        reject(new Error(`instances did not register within ${READY_TIMEOUT_MS} ms`));
      }, READY_TIMEOUT_MS);
      this.waiting.set(0, { resolve, reject });
      this.child.on('message', (news: HostNews) => {
        clearTimeout(timer);
        this.take(news);
      });
      void this.exited.then(() => clearTimeout(timer));
    });
  }

  private take(news: HostNews): void {
    const id = news.kind === 'ready' ? 0 : news.id;
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (news.kind === 'done' && news.error !== undefined) waiting?.reject(new Error(news.error));
    else waiting?.resolve();
  }

  private giveUp(): void {
    for (const { reject } of this.waiting.values()) reject(new Error('a host of instances ended'));
    this.waiting.clear();
  }
}
