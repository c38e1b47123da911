import type { WatchChanges } from '@weir/domain';
import { createParser } from 'eventsource-parser';
import { Backoff } from '../machine/backoff';
import { checkChanges } from './answer.check';
import { AnswerError } from './answer.reader';
import { describe } from './api.caller';
import { classifyFailure } from './call.outcome';
import type { Failure } from './call.outcome';
import { waitFor } from './client.runtime';
import type { ClientRuntime } from './client.runtime';
import type { InstanceApi } from './instance.api';

/** A comment comes every 10 s: two missing ones and a half mean a dead connection. */
const SILENCE_MAX_MS = 25_000;
/** One event carries at most everything that one instance runs. */
const BUFFER_MAX_CHARS = 64 * 1024 * 1024;
const RETRY = { firstMs: 500, maxMs: 15_000 };

export interface WatchTarget {
  readonly incarnation: number;
  seenRevision(): number;
  /** Something came: from now on changes come as they are committed. */
  onOpened(): void;
  onChanges(pushed: WatchChanges): void;
  /** The API says that this incarnation is over, or unknown. */
  onEnded(failure: Extract<Failure, { kind: 'fenced' | 'unknown' }>): void;
  onLost(reason: string): void;
}

export interface WatchParts {
  readonly api: InstanceApi;
  readonly runtime: ClientRuntime;
  readonly silenceMaxMs?: number;
}

/**
 * Holds the watch of one incarnation until the signal ends it: reads it, and opens it again, later
 * with each failure and each time at another address. Heartbeats bring the same news, so nothing
 * depends on it but speed, and its failures say nothing of the address that heartbeats use.
 */
export async function keepWatching(
  parts: WatchParts,
  target: WatchTarget,
  signal: AbortSignal,
): Promise<void> {
  const { runtime } = parts;
  const backoff = new Backoff(RETRY, () => runtime.random());
  while (!signal.aborted) {
    const attempt = await readOnce(parts, target, { signal, skipped: backoff.failures });
    if (attempt.failure) return target.onEnded(attempt.failure);
    if (signal.aborted) return;
    target.onLost(attempt.reason);
    if (attempt.wasOpen) backoff.succeed();
    const delayMs = Math.max(backoff.fail(), attempt.retryAfterMs ?? 0);
    await waitFor(runtime, delayMs, signal);
  }
}

interface Attempt {
  readonly wasOpen: boolean;
  readonly reason: string;
  readonly retryAfterMs?: number;
  readonly failure?: Extract<Failure, { kind: 'fenced' | 'unknown' }>;
}

interface Opening {
  readonly signal: AbortSignal;
  readonly skipped: number;
}

async function readOnce(
  parts: WatchParts,
  target: WatchTarget,
  { signal, skipped }: Opening,
): Promise<Attempt> {
  const silence = new Silence(parts);
  const end = () => silence.end();
  signal.addEventListener('abort', end, { once: true });
  let wasOpen = false;
  try {
    const from = { incarnation: target.incarnation, seenRevision: target.seenRevision() };
    const response = await parts.api.watch(from, silence.signal, skipped);
    const refusal = await findRefusal(response);
    if (refusal) return refusal;
    await readEvents(response, target, () => {
      silence.broken();
      if (!wasOpen) target.onOpened();
      wasOpen = true;
    });
    return { wasOpen, reason: 'the watch ended' };
  } catch (error) {
    return { wasOpen, reason: silence.isOver ? 'the watch was silent' : describe(error) };
  } finally {
    signal.removeEventListener('abort', end);
    silence.end();
  }
}

/** Ends a connection on which nothing comes any more. */
class Silence {
  isOver = false;
  private readonly controller = new AbortController();
  private cancel: () => void = () => undefined;

  constructor(private readonly parts: WatchParts) {
    this.broken();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  broken(): void {
    this.cancel();
    const { runtime, silenceMaxMs = SILENCE_MAX_MS } = this.parts;
    this.cancel = runtime.after(silenceMaxMs, () => {
      this.isOver = true;
      this.controller.abort();
    });
  }

  end(): void {
    this.cancel();
    this.controller.abort();
  }
}

async function findRefusal(response: Response): Promise<Attempt | undefined> {
  if (response.ok) {
    const type = response.headers.get('content-type') ?? 'none';
    if (type.startsWith('text/event-stream')) return undefined;
    return { wasOpen: false, reason: `an answer of type ${type.slice(0, 100)}` };
  }
  const failure = await classifyFailure(response);
  if (failure.kind === 'fenced' || failure.kind === 'unknown') {
    return { wasOpen: false, reason: failure.kind, failure };
  }
  const reason = 'reason' in failure ? failure.reason : failure.kind;
  const { retryAfterMs } = failure.kind === 'transient' ? failure : {};
  return { wasOpen: false, reason, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

async function readEvents(
  response: Response,
  target: WatchTarget,
  onData: () => void,
): Promise<void> {
  const parser = createParser({
    maxBufferSize: BUFFER_MAX_CHARS,
    onEvent: ({ event, data }) => {
      if (event === 'changes') target.onChanges(parseChanges(data));
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    onData();
    parser.feed(decoder.decode(chunk, { stream: true }));
  }
}

function parseChanges(data: string): WatchChanges {
  const value: unknown = JSON.parse(data);
  const problem = checkChanges(value);
  if (problem) throw new AnswerError(`changes that make no sense: ${problem}`);
  return value as WatchChanges;
}
