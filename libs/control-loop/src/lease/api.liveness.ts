/** The part of a replica's beat that counts here. */
export interface ApiBeat {
  readonly replica: string;
  readonly beats: number;
}

/**
 * Services beat every two seconds: less silence than this says nothing, more than the other is one.
 * In ms.
 */
const SILENT_AFTER_LEAST_MS = 3_000;
const SILENT_AFTER_MOST_MS = 6_000;
/** A silence has to be noticed well before a lease could run out because of it. */
const SILENT_AFTER_LEASES = 2 / 3;

/** No sign of life for this long means that no orchestrator-api is there. In ms. */
export function computeSilentAfterMs(leaseTtlMs: number): number {
  const byLease = leaseTtlMs * SILENT_AFTER_LEASES;
  return Math.min(SILENT_AFTER_MOST_MS, Math.max(SILENT_AFTER_LEAST_MS, byLease));
}

/**
 * Whether some orchestrator-api was alive, judged by this process's clock alone: a count of beats
 * that grows, or a lease that was renewed (only the API renews leases). While none is, instances
 * cannot report, so that time must not count against them.
 *
 * An installation whose API never wrote a beat gives no evidence either way and never counts as
 * silent: a missing table row must not stop failover for ever.
 */
export class ApiLiveness {
  private readonly beatsByReplica = new Map<string, number>();
  private lastSignAt: number | undefined;

  /** Takes in the beats of every known replica of orchestrator-api, read at `now`. */
  noteBeats(beats: readonly ApiBeat[], now: number): void {
    for (const { replica, beats: count } of beats) {
      if (this.beatsByReplica.get(replica) === count) continue;
      this.beatsByReplica.set(replica, count);
      this.lastSignAt = now;
    }
  }

  /** A lease was seen to be renewed. */
  noteRenewal(now: number): void {
    this.lastSignAt = Math.max(this.lastSignAt ?? now, now);
  }

  /** Beats could not be read: the silence so far proves nothing. */
  noteUnreadable(now: number): void {
    if (this.lastSignAt !== undefined) this.lastSignAt = now;
  }

  /** True when an API is known and none has given a sign of life for computeSilentAfterMs. */
  isSilent(now: number, leaseTtlMs: number): boolean {
    if (this.beatsByReplica.size === 0 || this.lastSignAt === undefined) return false;
    return now - this.lastSignAt > computeSilentAfterMs(leaseTtlMs);
  }
}
