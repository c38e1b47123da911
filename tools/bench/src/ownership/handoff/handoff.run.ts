import { setTimeout as wait } from 'node:timers/promises';
import { until } from '@weir/testing';
import { monotonicMs } from '../fleet/database.clock';
import type { MeasuredFleet, OwnershipBench } from '../fleet/ownership.bench';
import { readGrants } from '../fleet/ownership.reader';
import type { HostGroup } from '../host/host.group';
import type { HandoffGap } from '../measure/handoff.gaps';

export type HandoffKind = 'clean leave' | 'drain' | 'move by hand';

interface Window {
  readonly kind: HandoffKind;
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

interface Setting {
  readonly ownership: OwnershipBench;
  readonly hosts: HostGroup;
  readonly fleet: MeasuredFleet;
}

const MOVE_TIMEOUT_MS = 60_000;
/** Between two moves by hand, so that they do not follow the rhythm of the control loop. In ms. */
const PAUSE_MOST_MS = 100;

/** Makes handoffs of one kind after the other, and remembers when each kind was made. */
export class HandoffRun {
  private readonly windows: Window[] = [];
  private readonly leavesMs: number[] = [];
  private hostCount = 0;

  constructor(private readonly setting: Setting) {}

  /** How long each clean leave took, from being asked until the instance was gone. */
  get leaveTimes(): { readonly values: readonly number[]; readonly isIndependent: boolean } {
    return { values: this.leavesMs, isIndependent: true };
  }

  /** Host h is the instance `host-h`. */
  async begin(size: {
    readonly hosts: number;
    readonly streams: number;
    readonly exclusive: boolean;
  }): Promise<void> {
    const { ownership, hosts, fleet } = this.setting;
    this.hostCount = size.hosts;
    for (let host = 0; host < size.hosts; host += 1) {
      await hosts.start(host, [{ fleet: fleet.name, serverId: nameOf(host) }]);
    }
    await ownership.importStreams(fleet, { count: size.streams, exclusive: size.exclusive });
    await ownership.untilSettled([fleet], []);
    // The first handoffs find programs that have not done this before; they do not count.
    for (let host = 0; host < size.hosts; host += 1) await this.drainOne(host);
  }

  /** Instances leave in turn and come back; what the next one leaves behind goes to them. */
  leave(times: number, say: (what: string) => void): Promise<void> {
    return this.inWindow('clean leave', async () => {
      for (let time = 0; time < times; time += 1) {
        say(`leave ${time + 1} of ${times}`);
        const host = time % this.hostCount;
        const process = this.setting.hosts.running(host);
        const askedAtMs = monotonicMs();
        await process.leave(nameOf(host));
        this.leavesMs.push(monotonicMs() - askedAtMs);
        await this.untilEmpty(host);
        await process.join(nameOf(host));
      }
    });
  }

  /** Instances are drained in turn, and then given streams again. */
  drain(times: number, say: (what: string) => void): Promise<void> {
    return this.inWindow('drain', async () => {
      for (let time = 0; time < times; time += 1) {
        say(`drain ${time + 1} of ${times}`);
        await this.drainOne(time % this.hostCount);
      }
    });
  }

  /** Single streams are moved to the next instance, one at a time. */
  moveByHand(times: number, say: (what: string) => void): Promise<void> {
    return this.inWindow('move by hand', async () => {
      for (let time = 0; time < times; time += 1) {
        if (time % 50 === 0) say(`move ${time + 1} of ${times}`);
        await this.moveOne(time);
        await wait(Math.random() * PAUSE_MOST_MS);
      }
    });
  }

  /** Gaps by the kind of handoff that they were made by. */
  sort(gaps: readonly HandoffGap[]): Map<HandoffKind, HandoffGap[]> {
    return new Map(
      this.windows.map(({ kind, fromNs, toNs }) => [
        kind,
        gaps.filter(({ atNs }) => atNs >= fromNs && atNs <= toNs),
      ]),
    );
  }

  private async inWindow(kind: HandoffKind, work: () => Promise<void>): Promise<void> {
    const fromNs = process.hrtime.bigint();
    await work();
    this.windows.push({ kind, fromNs, toNs: process.hrtime.bigint() });
  }

  private async drainOne(host: number): Promise<void> {
    await this.order(host, 'drain');
    await this.untilEmpty(host);
    await this.order(host, 'uncordon');
  }

  private async moveOne(time: number): Promise<void> {
    const { ownership, fleet } = this.setting;
    const grants = await readGrants(ownership.database, fleet.fleetId);
    const grant = grants[time % grants.length];
    if (grant === undefined) return;
    const { streamId, serverId } = grant;
    const toServerId = nameOf((numberOf(serverId) + 1) % this.hostCount);
    await ownership.bench.call('/moves', {
      fleet: fleet.name,
      method: 'POST',
      body: JSON.stringify({ streamId, toServerId }),
    });
    await until(
      `stream ${streamId} is on ${toServerId}`,
      async () => {
        const now = await readGrants(ownership.database, fleet.fleetId);
        return now.some((found) => found.streamId === streamId && found.serverId === toServerId);
      },
      MOVE_TIMEOUT_MS,
    );
    await ownership.untilSettled([fleet], []);
  }

  private untilEmpty(host: number): Promise<void> {
    const { ownership, fleet } = this.setting;
    return ownership.untilSettled([fleet], [nameOf(host)]);
  }

  private async order(host: number, action: 'drain' | 'uncordon'): Promise<void> {
    const { ownership, fleet } = this.setting;
    const path = `/instances/${nameOf(host)}/${action}`;
    await ownership.bench.call(path, { fleet: fleet.name, method: 'POST' });
  }
}

function nameOf(host: number): string {
  return `host-${host}`;
}

function numberOf(serverId: string): number {
  return Number(serverId.slice('host-'.length));
}
