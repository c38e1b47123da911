import type { FleetSnapshot, InstanceView, Plan, StreamView } from '@weir/planner';

/** What a ledger is opened with. */
export interface LedgerEntries {
  readonly instances: readonly InstanceView[];
  /** One per stream, in the fleet's own unit. */
  readonly weights: Float64Array;
  /** Per stream: what it takes of each resource. */
  readonly resources?: readonly Readonly<Record<string, number>>[];
  /** Per stream: the labels it requires. */
  readonly requires?: readonly (Readonly<Record<string, string>> | undefined)[];
  /** Per stream: the group of which no two share an instance. */
  readonly spreadGroups?: readonly (string | undefined)[];
}

const NOBODY = -1;

/**
 * A fleet as a database keeps it: rows that change when plans are applied. A snapshot of it is
 * built of new plain objects with texts of their own, as a caller builds it that read those rows.
 * Stream number i has the id `i + 1`, as text, like an identity column gives it.
 */
export class FleetLedger {
  readonly weights: Float64Array;
  /** Per stream the number of its instance, or -1. */
  readonly owners: Int32Array;
  private readonly assignedAtMs: Float64Array;
  private readonly lastMovedAtMs: Float64Array;
  private readonly instances: (InstanceView | undefined)[];
  private readonly numbers = new Map<string, number>();

  constructor(private readonly entries: LedgerEntries) {
    const count = entries.weights.length;
    this.weights = entries.weights;
    this.owners = new Int32Array(count).fill(NOBODY);
    this.assignedAtMs = new Float64Array(count).fill(Number.NaN);
    this.lastMovedAtMs = new Float64Array(count).fill(Number.NaN);
    this.instances = [...entries.instances];
    for (const [at, view] of this.instances.entries()) {
      if (view !== undefined) this.numbers.set(view.serverId, at);
    }
  }

  /** Another instance, or a new state of one that is known. @returns its number. */
  putInstance(view: InstanceView): number {
    const number = this.numbers.get(view.serverId) ?? this.instances.length;
    this.numbers.set(view.serverId, number);
    this.instances[number] = view;
    return number;
  }

  /** The instance is in no snapshot any more; what it owned keeps its name as the owner. */
  dropInstance(serverId: string): void {
    this.instances[this.numberOf(serverId)] = undefined;
  }

  /** @throws Error for one that was never here. */
  numberOf(serverId: string): number {
    const number = this.numbers.get(serverId);
    if (number === undefined) throw new Error(`there is no instance ${serverId}`);
    return number;
  }

  /** Sets an owner without a plan. */
  assign(stream: number, owner: number, nowMs: number): void {
    this.owners[stream] = owner;
    this.assignedAtMs[stream] = nowMs;
  }

  /** Carries out every step of the plan at `nowMs`. @throws Error for an unknown id. */
  apply(plan: Plan, nowMs: number): void {
    for (const step of plan.placements) {
      this.assign(this.streamNumberOf(step.streamId), this.numberOf(step.to), nowMs);
    }
    for (const step of plan.moves) {
      const stream = this.streamNumberOf(step.streamId);
      this.assign(stream, this.numberOf(step.to), nowMs);
      this.lastMovedAtMs[stream] = nowMs;
    }
  }

  snapshot(): FleetSnapshot {
    const streams: StreamView[] = [];
    for (let at = 0; at < this.weights.length; at++) streams.push(this.viewOf(at));
    return { instances: this.instances.filter((view) => view !== undefined), streams };
  }

  /** Weight that each instance owns, by its number. */
  loads(): Float64Array {
    const loads = new Float64Array(this.instances.length);
    for (let at = 0; at < this.owners.length; at++) {
      const owner = this.owners[at] as number;
      if (owner !== NOBODY) loads[owner] = (loads[owner] as number) + (this.weights[at] as number);
    }
    return loads;
  }

  /** The order of the fields is that of the balancer's own reader of rows. */
  private viewOf(stream: number): StreamView {
    const owner = this.owners[stream] as number;
    const movedAt = this.lastMovedAtMs[stream] as number;
    const requires = this.entries.requires?.[stream];
    const spreadGroup = this.entries.spreadGroups?.[stream];
    return {
      streamId: ownText(String(stream + 1)),
      load: { weight: this.weights[stream] as number, ...this.entries.resources?.[stream] },
      priority: 5,
      exclusive: true,
      enabled: true,
      ...(owner !== NOBODY && {
        owner: ownText(this.serverIdOf(owner)),
        assignedAt: this.assignedAtMs[stream] as number,
      }),
      ...(!Number.isNaN(movedAt) && { lastMovedAt: movedAt }),
      ...(requires !== undefined && { requires: { ...requires } }),
      ...(spreadGroup !== undefined && { spreadGroup: ownText(spreadGroup) }),
    };
  }

  /** Also of one that was dropped. */
  serverIdOf(number: number): string {
    const known = this.instances[number]?.serverId;
    if (known !== undefined) return known;
    const [serverId] = [...this.numbers].find(([, at]) => at === number) ?? [''];
    return serverId;
  }

  private streamNumberOf(streamId: string): number {
    const number = Number(streamId) - 1;
    if (!(number in this.owners)) throw new Error(`there is no stream ${streamId}`);
    return number;
  }
}

/** The same text in memory of its own, as what a driver of a database decodes has. */
function ownText(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
