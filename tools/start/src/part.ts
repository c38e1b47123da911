/** Names of the tiers, in the order in which they start. */
export const TIERS = [
  'infrastructure',
  'schema',
  'control',
  'loops',
  'observation',
  'fleet',
] as const;
export type Tier = (typeof TIERS)[number];

/** One thing that is started: a process, or a one-shot. */
export interface Part {
  readonly name: string;
  readonly tier: Tier;
  /**
   * Starts and resolves when it is ready.
   * @param onDetail told in a few words what it is doing.
   */
  start(onDetail: (detail: string) => void): Promise<RunningPart>;
}

/** A part that is up. */
export interface RunningPart {
  /** Shown beside the name: an address, a version. */
  readonly summary: string;
  readonly pid: number | undefined;
  /** Clean stop; resolves when it is gone. */
  stop(): Promise<void>;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Resolves with how it ended, when it ends without having been asked to. */
  readonly died: Promise<string>;
}

export type PartState = 'starting' | 'ready' | 'failed' | 'stopping' | 'stopped' | 'died';

/** What a view is told of a part. */
export interface PartNews {
  readonly name: string;
  readonly tier: Tier;
  readonly state: PartState;
  readonly durationMs: number;
  readonly detail: string;
}
