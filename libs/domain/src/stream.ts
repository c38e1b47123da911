import type { HoldKind } from './stream-failure';

/**
 * Bounds of a stream's fields, shared by every way in (REST, import) and by the database's checks.
 */
export const STREAM_LIMITS = {
  nameLength: 256,
  sourceLength: 8_192,
  weightMin: 1e-6,
  weightMax: 1e9,
  resourceMax: 1e12,
  /** Beyond a thousand ordinary streams, it is never moved to even out load. */
  moveCostMax: 1_000,
  priorityMin: 0,
  priorityMax: 9,
  /** One day: beyond that, failing over is not what the operator wants. */
  autonomyMsMax: 86_400_000,
  labelCount: 64,
  labelLength: 256,
  configBytes: 16_384,
  checkpointBytes: 16_384,
} as const;

export const STREAM_DEFAULTS = {
  weight: 1,
  priority: 5,
  exclusive: true,
  autonomyMs: 0,
  moveCost: 1,
  enabled: true,
} as const;

export type Labels = Readonly<Record<string, string>>;
export type JsonObject = { readonly [key: string]: unknown };

/** What a stream takes of its instance's capacity, by the same names; what is not named is 0. */
export interface StreamResources {
  readonly cpuCores?: number;
  readonly memoryMb?: number;
  readonly bandwidthMbps?: number;
}

/** What an operator says of a stream. */
export interface StreamDefinition {
  /** Unique in the fleet. */
  readonly name: string;
  /** Where the data comes from; may hold credentials. */
  readonly source: string;
  /** Demand, in the fleet's own unit; > 0. */
  readonly weight: number;
  readonly resources: StreamResources;
  /** What a move of it costs, relative to an ordinary stream; >= 0. */
  readonly moveCost: number;
  /** 0 (first to be left out) to 9 (first to be placed). */
  readonly priority: number;
  /** True: never two owners. False: continuity first. */
  readonly exclusive: boolean;
  /** How long an instance may run it past its lease, in ms. */
  readonly autonomyMs: number;
  readonly requires: Labels;
  readonly avoid: Labels;
  readonly spreadGroup: string | null;
  readonly enabled: boolean;
  readonly config: JsonObject;
}

/** A stream as operators see it: the source without its credentials. */
export interface StreamView extends StreamDefinition {
  /** bigint as decimal text. */
  readonly streamId: string;
  /** Whether it is held back because it failed or killed; why is with its assignment. */
  readonly heldBack: HoldKind | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

const HIERARCHICAL_URL = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * The source without what may be secret: user info and the values of query parameters.
 * A source that is not a URL loses everything before its last `@`.
 */
export function redactSource(source: string): string {
  if (!HIERARCHICAL_URL.test(source) || !URL.canParse(source)) {
    return source.includes('@') ? `***@${source.split('@').pop()}` : source;
  }
  const url = new URL(source);
  if (url.username || url.password) {
    url.username = '***';
    url.password = '';
  }
  for (const key of new Set(url.searchParams.keys())) url.searchParams.set(key, '***');
  return url.toString();
}
