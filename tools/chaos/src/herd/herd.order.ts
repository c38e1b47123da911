/** What the program of the herd is told, as JSON on its standard input. */
export interface HerdOrder {
  readonly ports: readonly number[];
  readonly key: string;
  readonly fleet: string;
  readonly work: 'register' | 'heartbeat' | 'leave';
  readonly instances: number;
  /** Requests in all; each instance sends as many as the others. */
  readonly requests: number;
  /** Everybody comes within this time. In ms. */
  readonly spreadMs: number;
  /** Of each instance, once it has registered. */
  readonly incarnations: readonly number[];
}

/** What became of one request. */
export interface HerdResult {
  readonly status: number;
  readonly incarnation: number | undefined;
  /** From the first attempt until it was accepted, in ms. */
  readonly ms: number;
  /** The slowest of its attempts, whatever it was answered. */
  readonly slowestMs: number;
  readonly attempts: number;
}
