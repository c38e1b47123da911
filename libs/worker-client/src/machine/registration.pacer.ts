const BACKOFF_MS = 200;
const BACKOFF_MAX_MS = 10_000;

/**
 * When to ask for an incarnation. Losing several in a row without one answered heartbeat means that
 * somebody else uses our name: then it slows down, for the two would fence each other for ever.
 */
export class RegistrationPacer {
  private dueAt: number | undefined;
  private inVain = 0;

  constructor(private readonly random: () => number) {}

  get dueAtMs(): number | undefined {
    return this.dueAt;
  }

  /** The first one, at once. */
  begin(nowMs: number): void {
    this.dueAt = nowMs;
  }

  /** Another one, after the incarnation was lost. */
  again(nowMs: number): void {
    const backoffMs = this.inVain <= 1 ? 0 : BACKOFF_MS * 2 ** Math.min(this.inVain, 8);
    this.dueAt = nowMs + Math.min(BACKOFF_MAX_MS, backoffMs) * (0.5 + this.random() / 2);
  }

  cancel(): void {
    this.dueAt = undefined;
  }

  registered(): void {
    this.dueAt = undefined;
    this.inVain += 1;
  }

  /** A heartbeat was answered: the incarnation is of use. */
  proven(): void {
    this.inVain = 0;
  }
}
