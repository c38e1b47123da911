import type { Scene } from '../run/scene';

/** Something that went wrong, until it is healed. */
export interface ActiveFault {
  /** In words, with the names of those concerned. */
  readonly what: string;
  readonly heal: () => Promise<void>;
}

/** One way in which things go wrong. */
export interface FaultKind {
  readonly name: string;
  /** Two faults of one place are never active at once. */
  readonly place:
    'instances' | 'apis' | 'balancers' | 'observers' | 'postgres' | 'redis' | 'operator';
  /** How long it lasts: between these. In ms. */
  readonly durationMs: readonly [number, number];
  readonly strike: (scene: Scene) => Promise<ActiveFault>;
}

export const NOTHING_TO_HEAL = (): Promise<void> => Promise.resolve();
