import { classifyFailure } from './call.outcome';
import type { CallOutcome } from './call.outcome';

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes single calls to the API, and moves on to the next address when one does not answer. What to
 * repeat, and when, is decided by who calls.
 */
export class ApiCaller {
  private position = 0;
  private readonly bases: readonly string[];

  /** @throws TypeError when an address is not a URL, or there is none. */
  constructor(
    urls: readonly string[],
    private readonly key: string,
  ) {
    if (urls.length === 0) throw new TypeError('at least one address of the API is needed');
    this.bases = urls.map((url) => new URL(url).href.replace(/\/+$/, ''));
  }

  /** One attempt. Never throws: what goes wrong is an outcome. */
  async call<T>(call: ApiCall): Promise<CallOutcome<T>> {
    const deadline = new CallDeadline(call.timeoutMs, call.signal);
    const sentAtMs = performance.now();
    try {
      const response = await this.fetch(call, deadline.signal);
      if (!response.ok) return this.fail<T>(await classifyFailure(response));
      const value = (response.status === 204 ? undefined : await response.json()) as T;
      return { kind: 'answered', value, sentAtMs };
    } catch (error) {
      if (call.signal?.aborted) return { kind: 'abandoned' };
      const reason = deadline.isOver ? `no answer in ${call.timeoutMs} ms` : describe(error);
      return this.fail<T>({ kind: 'transient', reason });
    } finally {
      deadline.clear();
    }
  }

  /** Opens a call whose answer goes on for long; the caller ends it by the signal. */
  open(path: string, signal: AbortSignal): Promise<Response> {
    return this.fetch({ method: 'GET', path, timeoutMs: 0 }, signal, 'text/event-stream');
  }

  /** The address in use does not serve: the next call goes to another. */
  tryNextAddress(): void {
    this.position = (this.position + 1) % this.bases.length;
  }

  private fail<T>(outcome: CallOutcome<T>): CallOutcome<T> {
    if (outcome.kind === 'transient') this.tryNextAddress();
    return outcome;
  }

  private fetch(call: ApiCall, signal: AbortSignal, accept = 'application/json') {
    const headers: Record<string, string> = { authorization: `Bearer ${this.key}`, accept };
    if (call.body) headers['content-type'] = 'application/json';
    return fetch(`${this.bases[this.position]}${call.path}`, {
      method: call.method,
      headers,
      redirect: 'error',
      signal,
      ...(call.body && { body: JSON.stringify(call.body) }),
    });
  }
}

/** A time limit together with the caller's own signal, leaving no listener behind. */
class CallDeadline {
  isOver = false;
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly onAbort = () => this.controller.abort();

  constructor(
    timeoutMs: number,
    private readonly outer: AbortSignal | undefined,
  ) {
    this.timer = setTimeout(() => {
      this.isOver = true;
      this.controller.abort();
    }, timeoutMs);
    if (outer?.aborted) this.controller.abort();
    else outer?.addEventListener('abort', this.onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  clear(): void {
    clearTimeout(this.timer);
    this.outer?.removeEventListener('abort', this.onAbort);
  }
}

/** What fetch says is "fetch failed"; the cause says why. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const { code } = cause as { code?: unknown };
  return typeof code === 'string' ? `${code} ${cause.message}` : cause.message;
}
