import type { LeaseObservation } from '@weir/database';

/** One instance in virtual time: when it renews, and what the database would say of its lease. */
interface VirtualLease {
  incarnation: number;
  renewals: number;
  renewedAt: number;
  isFenced: boolean;
}

/** A database with leases on a virtual clock, whose own clock may be stepped. Times in ms. */
export class LeaseWorld {
  readonly leases = new Map<string, VirtualLease>();
  now = 1_000;
  /** How far the database's clock is ahead of real time. */
  databaseOffsetMs = 0;

  constructor(readonly leaseTtlMs: number) {}

  renew(serverId: string): void {
    const lease = this.leases.get(serverId);
    const renewedAt = this.now + this.databaseOffsetMs;
    if (!lease) {
      this.leases.set(serverId, { incarnation: 1, renewals: 0, renewedAt, isFenced: false });
      return;
    }
    lease.renewals += 1;
    lease.renewedAt = renewedAt;
  }

  fence(serverId: string): void {
    this.leases.get(serverId)!.isFenced = true;
  }

  read(): LeaseObservation[] {
    return [...this.leases]
      .filter(([, lease]) => !lease.isFenced)
      .map(([serverId, lease]) => ({
        serverId,
        incarnation: lease.incarnation,
        renewals: lease.renewals,
        remainingMs: lease.renewedAt + this.leaseTtlMs - (this.now + this.databaseOffsetMs),
      }));
  }
}
