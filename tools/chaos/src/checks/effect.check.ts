import type { RunInterval } from '@weir/testing';
import type { SinkEntry } from '../sink/sink.protocol';
import { firstOf } from './violation';
import type { Violation } from './violation';

/** What the sink saw, in figures. */
export interface EffectFigures {
  readonly accepted: number;
  /** Effects of an owner that was no longer one: refused by their epoch. */
  readonly refused: number;
  readonly streams: number;
}

/**
 * I1e: of an exclusive stream, epochs of accepted effects never fall, and each epoch has one
 * writer. And no effect is sent by a process that could not act on the stream at that moment.
 */
export class EffectCheck {
  private readonly highest = new Map<string, number>();
  private readonly writers = new Map<string, string>();
  private readonly found: Violation[] = [];
  private accepted = 0;
  private refused = 0;
  private readonly authority: ReadonlyMap<string, readonly RunInterval[]>;

  constructor(authority: readonly RunInterval[]) {
    this.authority = groupByOwner(authority);
  }

  /** Takes the entries of the sink's log in their order. */
  take(entry: SinkEntry): void {
    if (entry.isAccepted) this.accepted += 1;
    else this.refused += 1;
    if (!entry.isExclusive) {
      this.highest.set(entry.streamId, this.highest.get(entry.streamId) ?? 0);
      return;
    }
    this.checkAuthorityOf(entry);
    if (entry.isAccepted) this.checkOrder(entry);
    this.checkWriter(entry);
  }

  violations(): Violation[] {
    return firstOf(this.found);
  }

  get figures(): EffectFigures {
    return { accepted: this.accepted, refused: this.refused, streams: this.highest.size };
  }

  private checkOrder({ streamId, epoch, writer }: SinkEntry): void {
    const highest = this.highest.get(streamId) ?? 0;
    if (epoch < highest) {
      this.add(`stream ${streamId}: epoch ${epoch} of ${writer} was accepted after ${highest}`);
    }
    this.highest.set(streamId, Math.max(epoch, highest));
  }

  private checkWriter({ streamId, epoch, writer }: SinkEntry): void {
    const key = `${streamId}:${epoch}`;
    const known = this.writers.get(key) ?? writer;
    this.writers.set(key, known);
    if (known !== writer) {
      this.add(`stream ${streamId}: epoch ${epoch} was used by ${known} and by ${writer}`);
    }
  }

  private checkAuthorityOf({ writer, streamId, epoch, sentNs }: SinkEntry): void {
    const atNs = BigInt(sentNs);
    const intervals = this.authority.get(ownerKey(writer, streamId, epoch)) ?? [];
    const isCovered = intervals.some(
      ({ startedNs, endedNs }) => startedNs <= atNs && (endedNs === undefined || atNs <= endedNs),
    );
    if (!isCovered) {
      this.add(`stream ${streamId}: ${writer} sent an effect of epoch ${epoch} without authority`);
    }
  }

  private add(what: string): void {
    this.found.push({ invariant: 'I1e', what });
  }
}

function groupByOwner(authority: readonly RunInterval[]): Map<string, RunInterval[]> {
  const groups = new Map<string, RunInterval[]>();
  for (const interval of authority) {
    const key = ownerKey(interval.serverId, interval.streamId, interval.epoch);
    const group = groups.get(key);
    if (group) group.push(interval);
    else groups.set(key, [interval]);
  }
  return groups;
}

function ownerKey(writer: string, streamId: string, epoch: number): string {
  return `${writer} ${streamId} ${epoch}`;
}
