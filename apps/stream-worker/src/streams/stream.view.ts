import type { StreamRun } from './stream.run';

/** A stream as this instance shows it. The source may hold credentials, and is not shown. */
export interface LocalStreamView {
  readonly streamId: string;
  readonly epoch: number;
  readonly name: string;
  readonly exclusive: boolean;
  readonly state: string;
  /** How it is read: `http`, `icy` or `hls`; null before the first answer. */
  readonly kind: string | null;
  /** Average of about the last 10 s; null until measured. */
  readonly bitrateKbps: number | null;
  readonly bytes: number;
  readonly title: string | null;
  /** Why it does not run at the moment; null while it does. */
  readonly lastError: string | null;
  readonly stalls: number;
  readonly reconnections: number;
  /** Segments missed, numberings begun anew, discontinuities (HLS). */
  readonly gaps: number;
  readonly startedAt: string;
}

export function toLocalStreamView(run: StreamRun): LocalStreamView {
  const { assignment, meter } = run;
  const { bitrateKbps } = meter;
  return {
    streamId: assignment.streamId,
    epoch: assignment.epoch,
    name: assignment.stream.name,
    exclusive: assignment.exclusive,
    state: run.state,
    kind: run.kind ?? null,
    bitrateKbps: bitrateKbps === undefined ? null : Math.round(bitrateKbps * 10) / 10,
    bytes: meter.bytes,
    title: run.title ?? null,
    lastError: run.lastError ?? null,
    stalls: run.stalls,
    reconnections: run.reconnections,
    gaps: run.gaps,
    startedAt: run.startedAt.toISOString(),
  };
}
