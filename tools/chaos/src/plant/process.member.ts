import type { ProcessPart, RunningPart } from '@weir/start';
import type { Member, MemberObserver } from './member';

/** Who supervises a process starts it again so long after it ended by itself. In ms. */
const RESTART_DELAY_MS = 500;

/** A Node.js process of ours. When it ends unasked it is started again, as a supervisor would. */
export class ProcessMember implements Member {
  isPaused = false;
  private running: RunningPart | undefined;
  private isWanted = false;
  private restarting: NodeJS.Timeout | undefined;

  constructor(
    readonly name: string,
    private readonly parts: {
      /** A new process each time. */
      readonly create: () => ProcessPart;
      readonly observe: MemberObserver;
      /** Told when a process of it is gone, however it went. */
      readonly onEnd?: () => void;
    },
  ) {}

  get isUp(): boolean {
    return this.running !== undefined;
  }

  get pid(): number | undefined {
    return this.running?.pid;
  }

  async start(): Promise<void> {
    this.isWanted = true;
    clearTimeout(this.restarting);
    if (this.running) return;
    const running = await this.parts.create().start(() => undefined);
    this.running = running;
    void running.died.then((end) => this.onDeath(running, end));
  }

  async stop(): Promise<void> {
    const running = this.giveUp();
    if (!running) return;
    await running.stop();
    this.parts.onEnd?.();
  }

  async kill(): Promise<void> {
    const running = this.giveUp();
    if (!running) return;
    await running.kill('SIGKILL');
    this.parts.onEnd?.();
  }

  pause(): void {
    if (this.signal('SIGSTOP')) this.isPaused = true;
  }

  resume(): void {
    this.signal('SIGCONT');
    this.isPaused = false;
  }

  /** @returns whether there was somebody to send it to. */
  signal(signal: NodeJS.Signals): boolean {
    if (this.pid === undefined) return false;
    try {
      process.kill(this.pid, signal);
      return true;
    } catch {
      return false;
    }
  }

  private giveUp(): RunningPart | undefined {
    const { running } = this;
    this.isWanted = false;
    this.isPaused = false;
    this.running = undefined;
    clearTimeout(this.restarting);
    return running;
  }

  private onDeath(running: RunningPart, end: string): void {
    if (this.running !== running) return;
    this.running = undefined;
    this.isPaused = false;
    this.parts.onEnd?.();
    if (!this.isWanted) return;
    this.parts.observe({ name: this.name, what: `ended by itself: ${end}` });
    this.restarting = setTimeout(() => this.startAgain(), RESTART_DELAY_MS);
  }

  private startAgain(): void {
    this.start().catch((error: Error) => {
      this.parts.observe({ name: this.name, what: `could not be started: ${error.message}` });
      if (this.isWanted) this.restarting = setTimeout(() => this.startAgain(), RESTART_DELAY_MS);
    });
  }
}
