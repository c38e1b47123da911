/** What one look at one thing gave. An unhealthy thing is data, not an exception. */
export interface Reading {
  readonly status: 'up' | 'degraded' | 'down';
  readonly error?: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Looks at one thing. `read` may throw or take for ever; who calls it bounds it. */
export abstract class Indicator {
  abstract readonly name: string;
  /** Whether the service cannot work without it: then it is not ready while this is down. */
  abstract readonly isRequired: boolean;

  abstract read(): Promise<Reading>;
}
