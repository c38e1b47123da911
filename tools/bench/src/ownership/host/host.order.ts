/** One instance that a host runs. */
export interface InstanceOrder {
  readonly fleet: string;
  readonly serverId: string;
  /** File of its own account of what it ran. */
  readonly journal: string;
}

/** How long the handler of every stream takes, in ms. */
export interface HandlerTimes {
  /** To warm a stream up: in `prepare` when it is asked to, else in `start`. */
  readonly warmUpMs: number;
  readonly stopMs: number;
}

/** What a host process is to do; read from its one argument. */
export interface HostOrder {
  readonly apiUrl: string;
  readonly key: string;
  readonly maxStreams: number;
  readonly handler: HandlerTimes;
  readonly instances: readonly InstanceOrder[];
}

/** What the parent asks of a host. An answer carries the same `id`. */
export interface HostRequest {
  readonly id: number;
  readonly kind: 'join' | 'leave';
  readonly serverId: string;
}

/** `ready`: every instance is registered. `done`: a request was carried out. */
export type HostNews =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly error?: string };
