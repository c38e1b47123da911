import { EventEmitter } from 'node:events';
import type { ClientNotice, ClientNoticeName, ClientNotices } from './client.notice';
import type { WeirClientOptions } from './client.options';
import { ClientDriver } from './driver/client.driver';
import { assertOptions } from './options.check';

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

  /** @throws TypeError naming everything in the options that cannot be right. */
  constructor(options: WeirClientOptions) {
    assertOptions(options);
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
    this.driver.leave(timeoutMs);
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
