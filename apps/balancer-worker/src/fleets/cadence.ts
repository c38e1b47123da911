/** Runs something again and again, never two at a time, until it is stopped. */
export class Cadence {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isStopped = false;
  private isWantedAgain = false;

  constructor(
    private readonly intervalMs: number,
    /** Handles its own failures. */
    private readonly work: () => Promise<void>,
  ) {}

  /** Runs now, or once more when it is running. */
  runNow(): void {
    if (this.isStopped) return;
    if (this.running) {
      this.isWantedAgain = true;
      return;
    }
    clearTimeout(this.timer);
    this.isWantedAgain = false;
    this.running = this.work().finally(() => this.goOn());
  }

  /** Resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private goOn(): void {
    this.running = undefined;
    if (this.isStopped) return;
    if (this.isWantedAgain) this.runNow();
    else this.timer = setTimeout(() => this.runNow(), this.intervalMs);
  }
}
