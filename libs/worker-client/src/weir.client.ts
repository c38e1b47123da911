import { EventEmitter } from 'node:events';
import { isName } from '@weir/domain';
import type { ClientNotice, ClientNoticeName, ClientNotices } from './client.notice';
import type { WeirClientOptions } from './client.options';
import { ClientDriver } from './driver/client.driver';

const DEFAULT_LEAVE_TIMEOUT_MS = 30_000;

export interface LeaveOptions {
  /** How long streams may take to be handed over before they are stopped, in ms. Default 30,000. */
  readonly timeoutMs?: number;
}

/**
 * One instance of a fleet, embedded in the program that runs the streams. It registers, keeps its
 * lease, starts and stops what is assigned, and comes back by itself after any outage.
 */
export class WeirClient {
  private readonly emitter = new EventEmitter();
  private readonly driver: ClientDriver;
  private readonly finished: Promise<boolean>;
  private isStarted = false;

  /** @throws TypeError when a name or an address cannot be right. */
  constructor(options: WeirClientOptions) {
    if (!isName(options.fleet)) throw new TypeError(`not a fleet name: ${options.fleet}`);
    if (!isName(options.serverId)) throw new TypeError(`not a server name: ${options.serverId}`);
    let onFinish: (isClean: boolean) => void = () => undefined;
    this.finished = new Promise((resolve) => (onFinish = resolve));
    this.driver = new ClientDriver(options, {
      onNotice: (notice) => this.emit(notice),
      onFinish: (isClean) => onFinish(isClean),
    });
  }

  /** Of the current registration; undefined without one. */
  get incarnation(): number | undefined {
    return this.driver.incarnation;
  }

  /** How many streams are assigned here, those that wait for their start included. */
  get runningCount(): number {
    return this.driver.runningCount;
  }

  /** What is left of the lease, in ms; 0 without one. */
  get leaseLeftMs(): number {
    return this.driver.leaseLeftMs;
  }

  /**
   * Begins. Resolves at the first registration, which is tried for as long as it takes, or when
   * stopped.
   */
  async start(): Promise<void> {
    if (this.isStarted) return;
    this.isStarted = true;
    const registered = new Promise<void>((resolve) => {
      this.emitter.once('registered', () => resolve());
    });
    this.driver.dispatch({ type: 'begun' });
    await Promise.race([registered, this.finished]);
  }

  /**
   * Leaves: asks to be emptied, goes on until nothing is assigned, says goodbye. What could not be
   * handed over in time is stopped. May be called more than once.
   * @returns false when a handler did not stop in time: then the lease must run out by itself.
   */
  async stop({ timeoutMs = DEFAULT_LEAVE_TIMEOUT_MS }: LeaveOptions = {}): Promise<boolean> {
    this.isStarted = true;
    this.driver.dispatch({ type: 'leave-requested', deadlineMs: performance.now() + timeoutMs });
    return await this.finished;
  }

  on<K extends ClientNoticeName>(name: K, listener: (notice: ClientNotices[K]) => void): this {
    this.emitter.on(name, listener);
    return this;
  }

  off<K extends ClientNoticeName>(name: K, listener: (notice: ClientNotices[K]) => void): this {
    this.emitter.off(name, listener);
    return this;
  }

  private emit(notice: ClientNotice): void {
    const { name, ...fields } = notice;
    this.emitter.emit(name, fields);
  }
}
