import { setTimeout as sleep } from 'node:timers/promises';
import type { Assignment } from '@weir/domain';
import { openReader } from '../readers/reader.selector';
import { SourceError } from '../readers/source.reader';
import type { ReaderSink, SourceKind } from '../readers/source.reader';
import { computeRetryDelayMs } from './retry.delay';
import { StreamMeter } from './stream.meter';
import type { StreamSettings } from './stream.settings';

/**
 * | state      | means                                                  |
 * |------------|--------------------------------------------------------|
 * | connecting | asked for the source for the first time                |
 * | running    | data arrives                                           |
 * | stalled    | the source was silent for too long; asked for it again |
 * | failing    | the source failed; it is asked for again later         |
 */
export type StreamState = 'connecting' | 'running' | 'stalled' | 'failing';

/** A connection that lasted this long was a good one: the next failure is the first. In ms. */
const STEADY_MS = 10_000;

/** Redirects, playlists that name playlists: silence counts as a stall only after these. In ms. */
const OPENING_MS = 10_000;

/** What all streams of the process count together. */
export interface RunCounters {
  onBytes(bytes: number): void;
  onStall(): void;
  onReconnection(): void;
  onFailure(): void;
}

export interface RunParts {
  readonly counters: RunCounters;
  /** Asked before effects: false when this instance may not act for the stream any more. */
  readonly isAllowed: () => boolean;
  readonly random?: () => number;
}

/** Runs one stream: reads its source, measures it, and comes back to it however often it fails. */
export class StreamRun {
  readonly meter = new StreamMeter();
  readonly startedAt = new Date();
  state: StreamState = 'connecting';
  kind: SourceKind | undefined;
  title: string | undefined;
  lastError: string | undefined;
  stalls = 0;
  reconnections = 0;
  gaps = 0;
  private failures = 0;
  private readonly stopped = new AbortController();
  private readonly loop: Promise<void>;

  constructor(
    readonly assignment: Assignment,
    private readonly settings: StreamSettings,
    private readonly parts: RunParts,
  ) {
    this.loop = this.runLoop();
  }

  /** Ends it; resolves when the last connection is closed. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.loop;
  }

  tick(nowMs: number): void {
    this.meter.tick(nowMs);
  }

  private async runLoop(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      const startedAtMs = performance.now();
      const failure = await this.readOnce();
      this.meter.disconnected();
      if (signal.aborted) return;
      if (performance.now() - startedAtMs >= STEADY_MS) this.failures = 0;
      this.noteFailure(failure);
      const delayMs = computeRetryDelayMs(this.failures, this.parts.random ?? Math.random);
      await sleep(delayMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      this.reconnections += 1;
      this.parts.counters.onReconnection();
    }
  }

  private noteFailure({ reason, isStall }: ReadFailure): void {
    this.failures += 1;
    this.lastError = reason;
    this.state = isStall ? 'stalled' : 'failing';
    if (isStall) this.stalls += 1;
    if (isStall) this.parts.counters.onStall();
    else this.parts.counters.onFailure();
  }

  /** One connection, from asking for it to its end; says why it ended. */
  private async readOnce(): Promise<ReadFailure> {
    const session = new ReadSession(this.stopped.signal, this.settings.idleTimeoutMs);
    session.watch(OPENING_MS);
    try {
      const { headers } = this.settings;
      const { signal } = session;
      const reader = await openReader(this.assignment.stream.source, { headers, signal });
      this.kind = reader.kind;
      this.meter.connected(performance.now());
      session.watch();
      await reader.read(this.createSink(session), signal);
      return session.findStall() ?? { reason: 'the source ended', isStall: false };
    } catch (error) {
      return session.findStall() ?? { reason: describeError(error), isStall: false };
    } finally {
      session.close();
    }
  }

  private createSink(session: ReadSession): ReaderSink {
    return {
      onData: (bytes) => {
        if (!this.parts.isAllowed()) return;
        session.refresh();
        this.meter.addBytes(bytes);
        this.parts.counters.onBytes(bytes);
        if (this.state !== 'running') this.becomeRunning();
      },
      onMedia: (bytes, durationMs) => this.meter.addMedia(bytes, durationMs),
      onTitle: (title) => {
        this.title = title;
      },
      onPiecesEvery: (intervalMs) => session.tolerate(intervalMs),
      onGap: () => {
        this.gaps += 1;
      },
    };
  }

  private becomeRunning(): void {
    this.state = 'running';
    this.lastError = undefined;
  }
}

interface ReadFailure {
  readonly reason: string;
  readonly isStall: boolean;
}

/** One connection with its watch over silence. */
class ReadSession {
  private isStalled = false;
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private readonly onStop = () => this.controller.abort();

  constructor(
    private readonly stopped: AbortSignal,
    private idleTimeoutMs: number,
  ) {
    stopped.addEventListener('abort', this.onStop, { once: true });
    if (stopped.aborted) this.controller.abort();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Begins to watch; `extraMs` on top, for what has to happen before data can come. */
  watch(extraMs = 0): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.isStalled = true;
      this.controller.abort();
    }, this.idleTimeoutMs + extraMs);
  }

  /** The failure, if silence ended it. */
  findStall(): ReadFailure | undefined {
    if (!this.isStalled) return undefined;
    return { reason: `no data for ${this.idleTimeoutMs} ms`, isStall: true };
  }

  refresh(): void {
    this.timer?.refresh();
  }

  tolerate(silenceMs: number): void {
    if (silenceMs <= this.idleTimeoutMs) return;
    this.idleTimeoutMs = silenceMs;
    this.watch();
  }

  close(): void {
    clearTimeout(this.timer);
    this.stopped.removeEventListener('abort', this.onStop);
    this.controller.abort();
  }
}

/** In words that may be shown: system errors by their code, never an address. */
function describeError(error: unknown): string {
  if (error instanceof SourceError) return error.message;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return code;
  return error instanceof Error ? error.name : 'unknown error';
}
