import { findDoubleRuns, readIntervals } from '@weir/testing';
import type { DoubleRun, RunInterval } from '@weir/testing';
import type { InstanceOrder } from '../host/host.order';
import type { HostGroup } from '../host/host.group';
import { followLoss } from '../measure/failover.stages';
import type { Failover, GrantTimes, Loss } from '../measure/failover.stages';
import { DatabaseClock } from './database.clock';
import type { MeasuredFleet, OwnershipBench } from './ownership.bench';
import { readGrants, readLostLeases } from './ownership.reader';

/** An instance that was killed: where, and when. */
export interface Kill {
  readonly instance: InstanceOrder;
  readonly killedNs: bigint;
}

/** A loss, and how each of its streams came to run elsewhere. */
export interface FollowedLoss {
  readonly fleet: string;
  readonly loss: Loss;
  readonly failovers: readonly Failover[];
  readonly unknown: readonly string[];
}

interface LossRecord {
  readonly fleet: string;
  readonly loss: Loss;
  readonly grantedMs: GrantTimes;
}

/**
 * Puts together what the database knows of each loss (read right after it, before anything moves
 * on) and what the instances' journals say in the end.
 */
export class LossRecorder {
  private readonly records: LossRecord[] = [];

  constructor(
    private readonly bench: OwnershipBench,
    private readonly hosts: HostGroup,
  ) {}

  /** Keeps what is known of kills whose streams all run again; the killed must not be back yet. */
  async record(fleet: MeasuredFleet, kills: readonly Kill[]): Promise<void> {
    const { database, commits } = this.bench;
    const clock = await DatabaseClock.read(database);
    const serverIds = kills.map(({ instance }) => instance.serverId);
    const leases = await readLostLeases(database, fleet.fleetId, serverIds);
    const grantedMs = await this.readGrantTimes(fleet);
    for (const { instance, killedNs } of kills) {
      const { serverId } = instance;
      const lease = leases.find((found) => found.serverId === serverId);
      if (lease === undefined) throw new Error(`${serverId} was killed and not taken over`);
      const leaseEndsMs = clock.toMonotonicMs(lease.leaseEndsMs);
      const fencedMs = leaseEndsMs + lease.overdueMs;
      const takenOverMs = commits.findFirst(fleet.fleetId, serverId, fencedMs) ?? Number.NaN;
      const loss = { serverId, killedNs, leaseEndsMs, fencedMs, takenOverMs };
      this.records.push({ fleet: fleet.name, loss, grantedMs });
    }
  }

  /** Reads all journals. Call it when every instance has stopped. */
  follow(): {
    readonly losses: readonly FollowedLoss[];
    readonly doubleRuns: readonly DoubleRun[];
  } {
    const intervals = readFleetJournals(this.hosts);
    const losses = this.records.map(({ fleet, loss, grantedMs }) => ({
      fleet,
      loss,
      ...followLoss(loss, intervals.get(fleet) ?? [], grantedMs),
    }));
    return { losses, doubleRuns: findFleetDoubleRuns(intervals) };
  }

  /** The grants are looked up now: the next owner of a stream makes another one of it. */
  private async readGrantTimes({ fleetId }: MeasuredFleet): Promise<GrantTimes> {
    const { database, commits } = this.bench;
    const times = new Map<string, number | undefined>();
    for (const { streamId, serverId, revision } of await readGrants(database, fleetId)) {
      times.set(`${streamId} ${serverId}`, commits.findRevision(fleetId, revision));
    }
    return (streamId, serverId) => times.get(`${streamId} ${serverId}`);
  }
}

/** What every instance of the group says it ran, by fleet. */
export function readFleetJournals(hosts: HostGroup): Map<string, RunInterval[]> {
  const fleets = new Map<string, RunInterval[]>();
  for (const instance of hosts.instances) {
    const { fleet, serverId, journal } = instance;
    const found = readIntervals({ serverId, path: journal, killedNs: hosts.killsOf(instance) });
    fleets.set(fleet, [...(fleets.get(fleet) ?? []), ...found]);
  }
  return fleets;
}

/** Every time that an exclusive stream ran twice, over all fleets: none is the promise. */
export function findFleetDoubleRuns(
  fleets: ReadonlyMap<string, readonly RunInterval[]>,
): DoubleRun[] {
  return [...fleets.values()].flatMap((runs) => findDoubleRuns(runs));
}
