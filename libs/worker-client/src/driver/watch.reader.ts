import type { WatchChanges } from '@weir/domain';
import { ExponentialBackoff } from 'cockatiel';
import { createParser } from 'eventsource-parser';
import { describe } from './api.caller';
import { classifyFailure } from './call.outcome';
import type { Failure } from './call.outcome';
import type { InstanceApi } from './instance.api';

/** A comment comes every 10 s: two missing ones and a half mean a dead connection. */
const SILENCE_MAX_MS = 25_000;
/** One event carries at most everything that one instance runs. */
const BUFFER_MAX_CHARS = 64 * 1024 * 1024;
const BACKOFF = { initialDelay: 250, maxDelay: 15_000 };

export interface WatchTarget {
  readonly incarnation: number;
  seenRevision(): number;
  onChanges(pushed: WatchChanges): void;
  /** The API says that this incarnation is over, or unknown. */
  onEnded(failure: Extract<Failure, { kind: 'fenced' | 'unknown' }>): void;
  onLost(reason: string): void;
}

/**
 * Holds the watch of one incarnation until the signal ends it: reads it, and opens it again, later
 * with each failure. Heartbeats bring the same news, so nothing depends on it but speed.
 */
export async function keepWatching(
  api: InstanceApi,
  target: WatchTarget,
  signal: AbortSignal,
  silenceMaxMs = SILENCE_MAX_MS,
): Promise<void> {
  let backoff = new ExponentialBackoff(BACKOFF).next();
  while (!signal.aborted) {
    const attempt = await readOnce(api, target, { signal, silenceMaxMs });
    if (attempt.failure) return target.onEnded(attempt.failure);
    if (signal.aborted) return;
    target.onLost(attempt.reason);
    api.tryNextAddress();
    backoff = attempt.wasOpen ? new ExponentialBackoff(BACKOFF).next() : backoff.next(undefined);
    await waitFor(backoff.duration, signal);
  }
}

interface Attempt {
  readonly wasOpen: boolean;
  readonly reason: string;
  readonly failure?: Extract<Failure, { kind: 'fenced' | 'unknown' }>;
}

interface Limits {
  readonly signal: AbortSignal;
  readonly silenceMaxMs: number;
}

async function readOnce(api: InstanceApi, target: WatchTarget, limits: Limits): Promise<Attempt> {
  const connection = new AbortController();
  const end = () => connection.abort();
  limits.signal.addEventListener('abort', end, { once: true });
  const silence = setTimeout(end, limits.silenceMaxMs);
  let wasOpen = false;
  try {
    const seen = target.seenRevision();
    const response = await api.watch(target.incarnation, seen, connection.signal);
    const refusal = await findRefusal(response);
    if (refusal) return refusal;
    wasOpen = true;
    await readEvents(response, target, () => silence.refresh());
    return { wasOpen, reason: 'the watch ended' };
  } catch (error) {
    return {
      wasOpen,
      reason: connection.signal.aborted ? 'the watch was silent' : describe(error),
    };
  } finally {
    clearTimeout(silence);
    limits.signal.removeEventListener('abort', end);
    connection.abort();
  }
}

async function findRefusal(response: Response): Promise<Attempt | undefined> {
  if (response.ok) return undefined;
  const failure = await classifyFailure(response);
  if (failure.kind === 'fenced' || failure.kind === 'unknown') {
    return { wasOpen: false, reason: failure.kind, failure };
  }
  return { wasOpen: false, reason: 'reason' in failure ? failure.reason : failure.kind };
}

async function readEvents(
  response: Response,
  target: WatchTarget,
  onData: () => void,
): Promise<void> {
  const parser = createParser({
    maxBufferSize: BUFFER_MAX_CHARS,
    onEvent: ({ event, data }) => {
      if (event === 'changes') target.onChanges(JSON.parse(data) as WatchChanges);
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    onData();
    parser.feed(decoder.decode(chunk, { stream: true }));
  }
}

function waitFor(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, durationMs);
    signal.addEventListener('abort', finish, { once: true });
  });
}
