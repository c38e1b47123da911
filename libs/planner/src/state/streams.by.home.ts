import type { FleetState } from './fleet.state';
import { countAt, indexAt } from '../columns/column.access';

/**
 * Which streams are at home on an instance. Built once (a counting sort), then kept up by
 * `noteMove`.
 */
export class StreamsByHome {
  private readonly offsets: Int32Array;
  private readonly members: Int32Array;
  private readonly builtHomeOf: Int32Array;
  private readonly arrivals = new Map<number, Set<number>>();

  constructor(
    private readonly state: FleetState,
    instanceCount: number,
  ) {
    const homeOf = state.homeOf.slice();
    this.builtHomeOf = homeOf;
    this.offsets = new Int32Array(instanceCount + 2);
    for (const home of homeOf) if (home >= 0) countAt(this.offsets, home + 2, 1);
    for (let at = 2; at < this.offsets.length; at++) {
      countAt(this.offsets, at, indexAt(this.offsets, at - 1));
    }
    this.members = new Int32Array(indexAt(this.offsets, instanceCount + 1));
    for (const [stream, home] of homeOf.entries()) {
      if (home < 0) continue;
      this.members[indexAt(this.offsets, home + 1)] = stream;
      countAt(this.offsets, home + 1, 1);
    }
  }

  /** The streams that are at home there now. */
  listAt(instance: number): number[] {
    const streams: number[] = [];
    const end = indexAt(this.offsets, instance + 1);
    for (let at = indexAt(this.offsets, instance); at < end; at++) {
      const stream = indexAt(this.members, at);
      if (indexAt(this.state.homeOf, stream) === instance) streams.push(stream);
    }
    for (const stream of this.arrivals.get(instance) ?? []) {
      if (indexAt(this.state.homeOf, stream) === instance) streams.push(stream);
    }
    return streams;
  }

  /** To be called after a stream got another home. */
  noteMove(stream: number): void {
    const home = indexAt(this.state.homeOf, stream);
    if (home < 0 || indexAt(this.builtHomeOf, stream) === home) return;
    const arrived = this.arrivals.get(home) ?? new Set<number>();
    arrived.add(stream);
    this.arrivals.set(home, arrived);
  }
}
