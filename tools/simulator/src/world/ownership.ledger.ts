import type { VirtualMachine } from '../kernel/virtual.machine';
import type { HeldStream } from './stream.host';

/** Two holders of one stream that both may act, at one instant of real time. */
export interface Overlap {
  readonly streamId: string;
  readonly holders: readonly HeldStream[];
}

/**
 * Who holds which stream, over all processes: held from before the first effect until after the
 * last. More than one holder is no fault as long as at most one of them is allowed to act.
 */
export class OwnershipLedger {
  private readonly holders = new Map<string, Set<HeldStream>>();
  private readonly contested = new Set<string>();

  constructor(private readonly machine: VirtualMachine) {}

  add(held: HeldStream): void {
    const all = this.holders.get(held.streamId) ?? new Set();
    this.holders.set(held.streamId, all.add(held));
    if (all.size > 1) this.contested.add(held.streamId);
  }

  drop(held: HeldStream): void {
    const all = this.holders.get(held.streamId);
    all?.delete(held);
    if ((all?.size ?? 0) <= 1) this.contested.delete(held.streamId);
  }

  /** Whatever a process held that has crashed. */
  dropAllOf(process: HeldStream['process']): void {
    for (const all of this.holders.values()) {
      for (const held of [...all]) if (held.process === process) this.drop(held);
    }
  }

  holdersOf(streamId: string): readonly HeldStream[] {
    return [...(this.holders.get(streamId) ?? [])];
  }

  /** True when some stream has several holders, so that `findOverlap` has something to look at. */
  get isContested(): boolean {
    return this.contested.size > 0;
  }

  /** Asks every holder of a contested stream, each by its own clock at this instant. */
  findOverlap(): Overlap | undefined {
    for (const streamId of this.contested) {
      const holders = this.holdersOf(streamId).filter(
        (held) => held.exclusive && this.isAllowed(held),
      );
      if (holders.length > 1) return { streamId, holders };
    }
    return undefined;
  }

  private isAllowed(held: HeldStream): boolean {
    const { machine } = this;
    const before = machine.current;
    machine.current = held.process;
    try {
      return held.isAllowed();
    } finally {
      machine.current = before;
    }
  }
}
