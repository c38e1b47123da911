import type { ClientRuntime } from './client.runtime';

/** A time limit together with the caller's own signal, leaving no listener behind. */
export class CallDeadline {
  isOver = false;
  private readonly controller = new AbortController();
  private readonly cancel: () => void;
  private readonly onAbort = () => this.controller.abort();

  constructor(
    runtime: Pick<ClientRuntime, 'after'>,
    timeoutMs: number,
    private readonly outer?: AbortSignal,
  ) {
    this.cancel = runtime.after(timeoutMs, () => {
      this.isOver = true;
      this.controller.abort();
    });
    if (outer?.aborted) this.controller.abort();
    else outer?.addEventListener('abort', this.onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The call is over: whatever of its answer was not read is not wanted. */
  clear(): void {
    this.cancel();
    this.controller.abort();
    this.outer?.removeEventListener('abort', this.onAbort);
  }
}
