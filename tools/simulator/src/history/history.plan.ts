/** What the operator does. */
export type OperatorAction =
  | {
      readonly action: 'create-stream';
      readonly name: string;
      readonly exclusive: boolean;
      readonly autonomyMs: number;
    }
  | { readonly action: 'delete-stream'; readonly name: string }
  | { readonly action: 'enable'; readonly name: string; readonly isEnabled: boolean }
  | { readonly action: 'change-exclusive'; readonly name: string }
  | { readonly action: 'change-config'; readonly name: string }
  | { readonly action: 'change-weight'; readonly name: string; readonly weight: number }
  | { readonly action: 'cordon' | 'uncordon' | 'drain'; readonly serverId: string }
  | { readonly action: 'freeze'; readonly isFrozen: boolean }
  | { readonly action: 'change-lease'; readonly leaseTtlMs: number }
  /** Forgets every failure. */
  | { readonly action: 'retry' }
  | { readonly action: 'ring' };

/** Something that is done to the system at a time. */
export type Incident =
  | {
      readonly kind: 'crash';
      readonly target: string;
      readonly downMs: number;
      readonly vouches: boolean;
    }
  | { readonly kind: 'pause'; readonly target: string; readonly forMs: number }
  | { readonly kind: 'block'; readonly target: string; readonly forMs: number }
  | {
      readonly kind: 'cut';
      readonly from: string;
      readonly to: string;
      readonly isBothWays: boolean;
      readonly forMs: number;
    }
  | { readonly kind: 'cut-database'; readonly target: string; readonly forMs: number }
  | { readonly kind: 'restart-database'; readonly downMs: number }
  | { readonly kind: 'restore-database'; readonly downMs: number }
  | { readonly kind: 'save-database' }
  | { readonly kind: 'step-clock'; readonly byMs: number }
  | {
      readonly kind: 'slow-database';
      readonly share: number;
      readonly mostMs: number;
      readonly forMs: number;
    }
  | { readonly kind: 'join'; readonly target: string }
  | {
      readonly kind: 'leave';
      readonly target: string;
      readonly awayMs: number;
      readonly vouches: boolean;
    }
  | { readonly kind: 'twin'; readonly target: string; readonly forMs: number }
  | { readonly kind: 'operator'; readonly action: OperatorAction };

export interface TimedIncident {
  /** Since the beginning of the history, in ms. */
  readonly at: number;
  readonly incident: Incident;
}

/** What chance does all the time. Shares are of 1. */
export interface Swarm {
  readonly lossShare: number;
  readonly duplicateShare: number;
  readonly delayedShare: number;
  readonly delayedMostMs: number;
  readonly breakShare: number;
  readonly lostCommitShare: number;
  readonly failShare: number;
  readonly slowHostShare: number;
  readonly slowHostMostMs: number;
  readonly effectMostMs: number;
  /** How far clock rates are off at most: 0.02 is 2 %. */
  readonly rateError: number;
}

/** Everything that is decided before a history begins; with its seed it is the history. */
export interface HistoryPlan {
  readonly seed: number;
  readonly apis: number;
  readonly balancers: number;
  readonly instances: readonly { readonly name: string; readonly maxStreams: number }[];
  readonly streams: readonly {
    readonly name: string;
    readonly exclusive: boolean;
    readonly autonomyMs: number;
  }[];
  readonly leaseTtlMs: number;
  /** How long faults go on, in ms. */
  readonly faultsMs: number;
  readonly swarm: Swarm;
  readonly incidents: readonly TimedIncident[];
}

/** What a violated invariant says of itself. */
export interface Violation {
  readonly invariant: string;
  readonly atMs: number;
  readonly message: string;
}
