import type { Ack, JsonObject } from '@weir/domain';
import type { HeldStream } from '../world/stream.host';
import type { CheckCounts } from './check.counts';
import type { Report } from './commit.checks';

interface ReleasedPosition {
  readonly epoch: number;
  readonly position: number;
}

/**
 * I3c: who runs an exclusive stream next begins no earlier than where its last owner said that it
 * stopped. Of a stream that is not exclusive two owners may overlap, and neither is further; who
 * only prepared it, and ran it long before, says nothing of where it is.
 */
export class ContinuityChecks {
  private readonly positions = new Map<string, ReleasedPosition>();
  /** Exclusive streams with the epochs under which they were really run. */
  private readonly run = new Set<string>();

  constructor(
    private readonly counts: CheckCounts,
    private readonly report: Report,
  ) {}

  /** A stop was accepted, and committed. */
  released({ streamId, epoch, checkpoint }: Ack): void {
    const known = this.positions.get(streamId);
    const position = positionOf(checkpoint);
    if (checkpoint === undefined || !this.run.has(`${streamId}:${epoch}`)) return;
    if (known && known.epoch > epoch) return;
    this.positions.set(streamId, { epoch, position });
  }

  started(held: HeldStream, checkpoint: JsonObject | undefined): void {
    const { streamId, epoch, exclusive } = held;
    this.counts.I3c += 1;
    if (!exclusive) return;
    this.run.add(`${streamId}:${epoch}`);
    const known = this.positions.get(streamId);
    const position = positionOf(checkpoint);
    if (!known || epoch <= known.epoch || position >= known.position) return;
    this.report(
      'I3c',
      `stream ${streamId} begins at ${position} under epoch ${epoch}: it was stopped at ` +
        `${known.position} under ${known.epoch}`,
    );
  }

  /** What was committed since is lost with the database that held it. */
  restored(): void {
    this.positions.clear();
  }
}

function positionOf(checkpoint: JsonObject | undefined): number {
  return (checkpoint as { readonly position?: number } | undefined)?.position ?? 0;
}
