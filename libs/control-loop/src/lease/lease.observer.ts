import type { LeaseObservation, TakeoverCandidate } from '@weir/database';
import { isTakeoverProven, LEASE_OVERDUE_SHARE } from '@weir/domain';

/**
 * When a reading of the leases was asked for and when it came, in ms of this process's monotonic
 * clock.
 */
export interface ReadingTime {
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** What one reading showed beside the leases themselves. */
export interface ReadingSigns {
  /** A gap before it made every lease be watched afresh. */
  readonly isAfresh: boolean;
  /** Some lease was renewed since the reading before. */
  readonly hasRenewal: boolean;
}

/**
 * Without a reading for this long (or three planned ones), this process counts as having been
 * blind.
 */
const BLIND_AFTER_MS = 2_000;
const BLIND_AFTER_INTERVALS = 3;

interface WatchedLease {
  readonly incarnation: number;
  readonly renewals: number;
  /** When this count of renewals was first known; the renewal itself was earlier. */
  since: number;
  /** When the newest reading that still showed this count was asked for. */
  confirmedAt: number;
  remainingMs: number;
  readAt: number;
}

/**
 * What one replica knows of a fleet's leases by its own clock: the second proof of a takeover. It
 * compares counts of renewals and no stored times, so that no clock but its own matters.
 *
 * A lease counts as unrenewed from when its count was first *received* until when the newest
 * reading
 * with the same count was *asked for*: each end is taken so that the time comes out too short.
 * After a gap (readings that failed, a process that was paused) every lease is watched afresh: each
 * instance gets one whole lease to report after an outage of the control plane.
 */
export class LeaseObserver {
  private readonly leases = new Map<string, WatchedLease>();
  private lastReceivedAt: number | undefined;
  private lostAt: number[] = [];
  private isBlind = false;

  /** Every time that was counted is forgotten: the next reading starts it anew. */
  restart(): void {
    this.isBlind = true;
  }

  /** Takes in one reading of all leases of the fleet that are not fenced. */
  observe(
    readings: readonly LeaseObservation[],
    time: ReadingTime,
    rule: { readonly leaseTtlMs: number; readonly intervalMs: number },
  ): ReadingSigns {
    const isAfresh = this.isBlind || this.wasAway(time, rule.intervalMs);
    this.isBlind = false;
    this.forgetVanished(readings, time, rule.leaseTtlMs);
    const hasRenewal = readings.some((reading) => this.isRenewal(reading));
    if (isAfresh) this.leases.clear();
    for (const reading of readings) this.watch(reading, time);
    this.lastReceivedAt = time.receivedAt;
    return { isAfresh, hasRenewal };
  }

  /** The leases for which both proofs hold. */
  findCandidates(leaseTtlMs: number): TakeoverCandidate[] {
    const candidates: TakeoverCandidate[] = [];
    for (const [serverId, lease] of this.leases) {
      const evidence = {
        expiredByDatabase: lease.remainingMs <= 0,
        unrenewedForMs: lease.confirmedAt - lease.since,
        leaseTtlMs,
      };
      if (!isTakeoverProven(evidence)) continue;
      candidates.push({ serverId, incarnation: lease.incarnation, renewals: lease.renewals });
    }
    return candidates;
  }

  /** Instances that hold a lease which nobody has taken over. */
  get liveCount(): number {
    return this.leases.size;
  }

  /** Instances that are about to be lost: most of a lease went by without a renewal. */
  countOverdue(leaseTtlMs: number): number {
    let count = 0;
    for (const lease of this.leases.values()) if (isOverdue(lease, leaseTtlMs)) count += 1;
    return count;
  }

  /** Instances that were taken over, by whichever replica, at most `windowMs` ago. */
  countLostSince(now: number, windowMs: number): number {
    this.lostAt = this.lostAt.filter((at) => now - at <= windowMs);
    return this.lostAt.length;
  }

  /** The earliest time at which a reading could prove a takeover; undefined without leases. */
  findNextProofAt(leaseTtlMs: number): number | undefined {
    let earliest: number | undefined;
    for (const lease of this.leases.values()) {
      const at = Math.max(lease.since + leaseTtlMs, lease.readAt + lease.remainingMs);
      if (earliest === undefined || at < earliest) earliest = at;
    }
    return earliest;
  }

  private wasAway(time: ReadingTime, intervalMs: number): boolean {
    if (this.lastReceivedAt === undefined) return false;
    const awayMs = time.receivedAt - this.lastReceivedAt;
    return awayMs > Math.max(BLIND_AFTER_MS, BLIND_AFTER_INTERVALS * intervalMs);
  }

  /**
   * A lease that vanishes while it is overdue was taken over; one that vanishes in time said
   * goodbye.
   */
  private forgetVanished(
    readings: readonly LeaseObservation[],
    time: ReadingTime,
    leaseTtlMs: number,
  ): void {
    const present = new Set(readings.map((reading) => reading.serverId));
    for (const [serverId, lease] of this.leases) {
      if (present.has(serverId)) continue;
      this.leases.delete(serverId);
      if (isOverdue(lease, leaseTtlMs)) this.lostAt.push(time.receivedAt);
    }
  }

  private isRenewal({ serverId, renewals }: LeaseObservation): boolean {
    const known = this.leases.get(serverId);
    return known !== undefined && known.renewals !== renewals;
  }

  private watch(reading: LeaseObservation, time: ReadingTime): void {
    const { serverId, incarnation, renewals, remainingMs } = reading;
    const known = this.leases.get(serverId);
    if (known?.incarnation === incarnation && known.renewals === renewals) {
      known.confirmedAt = time.sentAt;
      known.remainingMs = remainingMs;
      known.readAt = time.receivedAt;
      return;
    }
    this.leases.set(serverId, {
      incarnation,
      renewals,
      since: time.receivedAt,
      confirmedAt: time.receivedAt,
      remainingMs,
      readAt: time.receivedAt,
    });
  }
}

function isOverdue(lease: WatchedLease, leaseTtlMs: number): boolean {
  return lease.confirmedAt - lease.since >= leaseTtlMs * LEASE_OVERDUE_SHARE;
}
