import type { ClientNotice } from '../client.notice';
import { AddressBook } from './address.book';
import type { BreakerChange } from './address.breaker';
import type { AnswerCheck } from './answer.check';
import { AnswerError, readAnswer } from './answer.reader';
import { CallDeadline } from './call.deadline';
import { classifyFailure } from './call.outcome';
import type { CallOutcome } from './call.outcome';
import type { ClientRuntime } from './client.runtime';

/** A healthy API answers this in milliseconds. */
const PROBE_TIMEOUT_MS = 2_000;

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** The lease hangs on it: it is made even while every address is left alone. */
  readonly isVital?: boolean;
  readonly check: AnswerCheck;
}

export interface CallerOptions {
  readonly urls: readonly string[];
  readonly key: string;
  readonly runtime: ClientRuntime;
  readonly onNotice: (notice: ClientNotice) => void;
  readonly answerMaxBytes?: number;
}

/**
 * Makes single calls to the API, at the address in use or, when that does not serve, at another.
 * What to repeat, and when, is decided by who calls.
 */
export class ApiCaller {
  private readonly bases: readonly string[];
  private readonly book: AddressBook;

  /** @throws TypeError when an address is not a URL, or there is none. */
  constructor(private readonly options: CallerOptions) {
    const { urls, runtime } = options;
    if (urls.length === 0) throw new TypeError('at least one address of the API is needed');
    this.bases = urls.map((url) => new URL(url).href.replace(/\/+$/, ''));
    this.book = new AddressBook(urls.length, () => runtime.random());
  }

  /** One attempt. Never throws: what goes wrong is an outcome. */
  async call<T>(call: ApiCall): Promise<CallOutcome<T>> {
    const choice = await this.findAddress(call);
    if (choice.kind === 'wait') {
      const { retryAfterMs } = choice;
      return { kind: 'transient', reason: 'every address of the API failed', retryAfterMs };
    }
    const deadline = new CallDeadline(this.options.runtime, call.timeoutMs, call.signal);
    try {
      return await this.attempt<T>(call, choice.index, deadline.signal);
    } catch (error) {
      if (call.signal?.aborted) return { kind: 'abandoned' };
      const reason = deadline.isOver ? `no answer in ${call.timeoutMs} ms` : describe(error);
      this.note(choice.index, reason);
      return { kind: 'transient', reason };
    } finally {
      deadline.clear();
    }
  }

  /**
   * Opens a call whose answer goes on for long; the caller ends it by the signal.
   * @param skipped how many usable addresses to pass over, because they did not serve this call
   * @throws what fetch throws, or when no address is usable
   */
  open(path: string, signal: AbortSignal, skipped: number): Promise<Response> {
    this.probeDue();
    const index = this.book.findClosed(skipped);
    if (index === undefined) return Promise.reject(new Error('every address of the API failed'));
    return this.fetch(index, { method: 'GET', path }, signal, 'text/event-stream');
  }

  private async attempt<T>(
    call: ApiCall,
    index: number,
    signal: AbortSignal,
  ): Promise<CallOutcome<T>> {
    const sentAtMs = this.options.runtime.nowMs();
    const response = await this.fetch(index, call, signal);
    if (!response.ok) {
      const failure = await classifyFailure(response);
      this.noteAnswer(index, call, response.status);
      return failure;
    }
    const isEmpty = response.status === 204;
    const value = isEmpty ? undefined : await readAnswer(response, this.options.answerMaxBytes);
    const problem = call.check(value);
    if (problem) throw new AnswerError(`an answer that makes no sense: ${problem}`);
    this.tell(index, this.book.succeeded(index));
    return { kind: 'answered', value: value as T, sentAtMs };
  }

  /**
   * Who answers is there. That one call fails inside says something of that call; that one fails on
   * which the lease hangs says something of the address.
   */
  private noteAnswer(index: number, { isVital }: ApiCall, status: number): void {
    const isServerError = status >= 500;
    if (isServerError && isVital) return this.note(index, `answered ${status}`);
    if (isServerError || status === 429) this.book.moveOn(index);
    if (!isServerError) this.tell(index, this.book.succeeded(index));
  }

  private async findAddress(call: ApiCall) {
    const { runtime } = this.options;
    const isVital = call.isVital === true;
    const choice = this.book.choose(runtime.nowMs(), isVital);
    if (choice.kind !== 'probe') {
      this.probeDue();
      return choice;
    }
    await this.probe(choice.index);
    const again = this.book.choose(runtime.nowMs(), isVital);
    return again.kind === 'probe' ? ({ kind: 'wait', retryAfterMs: 0 } as const) : again;
  }

  /** Addresses that were left alone are asked for their health before anything else goes there. */
  private probeDue(): void {
    if (this.book.findClosed(0) === undefined) return;
    for (const index of this.book.listDue(this.options.runtime.nowMs())) void this.probe(index);
  }

  private async probe(index: number): Promise<void> {
    this.book.probing(index);
    const deadline = new CallDeadline(this.options.runtime, PROBE_TIMEOUT_MS);
    try {
      const call = { method: 'GET', path: '/health/readiness' } as const;
      const response = await this.fetch(index, call, deadline.signal);
      await response.body?.cancel();
      if (response.status >= 500) this.note(index, `not ready: ${response.status}`);
      else this.tell(index, this.book.succeeded(index));
    } catch (error) {
      this.note(index, describe(error));
    } finally {
      deadline.clear();
    }
  }

  private note(index: number, reason: string): void {
    this.tell(index, this.book.failed(index, this.options.runtime.nowMs()), reason);
  }

  private tell(index: number, change: BreakerChange | undefined, reason = ''): void {
    const address = new URL(this.bases[index] ?? '').origin;
    if (change?.kind === 'closed') this.options.onNotice({ name: 'breakerClosed', address });
    if (change?.kind !== 'opened') return;
    const { retryInMs } = change;
    this.options.onNotice({ name: 'breakerOpened', address, reason, retryInMs });
  }

  private fetch(
    index: number,
    call: Pick<ApiCall, 'method' | 'path' | 'body'>,
    signal: AbortSignal,
    accept = 'application/json',
  ): Promise<Response> {
    const headers: Record<string, string> = {
      authorization: `Bearer ${this.options.key}`,
      accept,
    };
    if (call.body) headers['content-type'] = 'application/json';
    return this.options.runtime.fetch(`${this.bases[index]}${call.path}`, {
      method: call.method,
      headers,
      redirect: 'error',
      signal,
      ...(call.body && { body: JSON.stringify(call.body) }),
    });
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
