import type { Faults } from './fault.rules';

const NONE: Faults = {};

/** The faults of each name, and since when its HLS playlist stands still. */
export class FaultTable {
  private readonly byName = new Map<string, { faults: Faults; sinceMs: number }>();

  constructor(private readonly now: () => number) {}

  /** Sets the faults of `name`; undefined removes them. */
  set(name: string, faults: Faults | undefined): void {
    if (faults === undefined) {
      this.byName.delete(name);
    } else {
      this.byName.set(name, { faults, sinceMs: this.now() });
    }
  }

  get(name: string): Faults {
    return this.byName.get(name)?.faults ?? NONE;
  }

  /** The time that the playlist of `name` shows: that of its stall, when it is stalled. */
  mediaTimeMs(name: string): number {
    const entry = this.byName.get(name);
    return entry?.faults.speed === 0 ? entry.sinceMs : this.now();
  }
}
