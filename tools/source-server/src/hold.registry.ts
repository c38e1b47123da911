/** Why a hold ended: by whom, or that an HLS client asked for nothing any more. */
export type HoldEnd = 'client' | 'cut' | 'too slow' | 'idle' | 'server closed';

/** That one client received one name from one time to another. */
export interface Hold {
  readonly id: number;
  readonly name: string;
  readonly kind: 'mp3' | 'wav' | 'hls';
  /** The client's User-Agent, or `unknown`. */
  readonly client: string;
  /** Its `X-Weir-*` headers, in lower case. */
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since 1970, on a clock that never goes back. */
  readonly fromMs: number;
  /** Absent while it lasts. For HLS the time of the last request. */
  readonly toMs?: number;
  readonly end?: HoldEnd;
  /** Bytes that were handed to the connection, headers not counted. */
  readonly bytes: number;
}

/** A hold that goes on. */
export interface OpenHold {
  add(bytes: number): void;
  close(end: HoldEnd): void;
}

type Draft = { -readonly [K in keyof Hold]: Hold[K] };

export type HoldSubject = Pick<Hold, 'name' | 'kind' | 'client' | 'labels'>;

/**
 * Ended holds that are kept: enough for an hour of a busy test, bounded for a server that runs for
 * months.
 */
const ENDED_MAX = 20_000;

/** An HLS client that asks for nothing during three target durations has left. */
const HLS_IDLE_MS = 6_000;

/**
 * Who received what and when. Connections are counted as they are; HLS clients by their requests.
 */
export class HoldRegistry {
  private readonly open = new Set<Draft>();
  private readonly visits = new Map<string, { draft: Draft; lastMs: number }>();
  private readonly ended: Hold[] = [];
  private nextId = 1;

  constructor(private readonly now: () => number) {}

  /** Notes a connection that begins now. */
  begin(subject: HoldSubject): OpenHold {
    const draft = this.makeDraft(subject);
    return {
      add: (bytes) => {
        draft.bytes += bytes;
      },
      close: (end) => this.finish(draft, end, this.now()),
    };
  }

  /** Notes one request of an HLS client: it goes on with its hold, or begins one. */
  visit(subject: HoldSubject, bytes: number): void {
    this.expireVisits();
    const key = JSON.stringify([subject.name, subject.client, subject.labels]);
    const visit = this.visits.get(key) ?? { draft: this.makeDraft(subject), lastMs: 0 };
    visit.draft.bytes += bytes;
    visit.lastMs = this.now();
    this.visits.set(key, visit);
  }

  /** Copies of all holds, ended ones first; of `name` only when it is given. */
  list(name?: string): Hold[] {
    this.expireVisits();
    return [...this.ended, ...this.open]
      .filter((hold) => name === undefined || hold.name === name)
      .map((hold) => ({ ...hold }));
  }

  /** How many clients hold `name` now. */
  countOpen(name: string): number {
    this.expireVisits();
    return [...this.open].filter((hold) => hold.name === name).length;
  }

  private makeDraft(subject: HoldSubject): Draft {
    const draft: Draft = { ...subject, id: this.nextId, fromMs: this.now(), bytes: 0 };
    this.nextId += 1;
    this.open.add(draft);
    return draft;
  }

  private finish(draft: Draft, end: HoldEnd, toMs: number): void {
    if (!this.open.delete(draft)) {
      return;
    }
    this.ended.push({ ...draft, toMs, end });
    if (this.ended.length > ENDED_MAX) {
      this.ended.splice(0, this.ended.length - ENDED_MAX);
    }
  }

  private expireVisits(): void {
    for (const [key, { draft, lastMs }] of this.visits) {
      if (this.now() - lastMs > HLS_IDLE_MS) {
        this.visits.delete(key);
        this.finish(draft, 'idle', lastMs);
      }
    }
  }
}

/** Two holds of one name at the same time, and for how long. */
export interface HoldOverlap {
  readonly first: Hold;
  readonly second: Hold;
  readonly overlapMs: number;
}

/**
 * Every pair of holds of the same name that overlap by more than `toleranceMs`: what an exclusive
 * stream must never have. A hold that lasts counts until `nowMs`.
 */
export function findOverlaps(
  holds: readonly Hold[],
  nowMs: number,
  toleranceMs = 0,
): HoldOverlap[] {
  const sorted = [...holds].sort((a, b) => a.fromMs - b.fromMs);
  const active = new Map<string, Hold[]>();
  const overlaps: HoldOverlap[] = [];
  for (const second of sorted) {
    const earlier = (active.get(second.name) ?? []).filter(
      (h) => (h.toMs ?? nowMs) > second.fromMs,
    );
    for (const first of earlier) {
      const overlapMs = Math.min(first.toMs ?? nowMs, second.toMs ?? nowMs) - second.fromMs;
      if (overlapMs > toleranceMs) {
        overlaps.push({ first, second, overlapMs });
      }
    }
    active.set(second.name, [...earlier, second]);
  }
  return overlaps;
}
