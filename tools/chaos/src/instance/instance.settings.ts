/** What the program of an instance is told, as JSON in the variable CHAOS_INSTANCE. */
export interface InstanceSettings {
  readonly serverId: string;
  /** This process, among all of the same serverId. */
  readonly writer: string;
  readonly apiUrls: readonly string[];
  readonly key: string;
  readonly fleet: string;
  readonly maxStreams: number;
  readonly sinkUrl: string;
  readonly journalFile: string;
  /** Read on SIGUSR2: what the process then does to itself. */
  readonly orderFile: string;
  /** Time between two effects of each stream, in ms. */
  readonly writeEveryMs: number;
  readonly killWhenBlocked: boolean;
  /** Broken on purpose: it goes on writing for a while after it said that it has stopped. */
  readonly isCanary: boolean;
}

export const SETTINGS_VARIABLE = 'CHAOS_INSTANCE';

/** What a process does to itself on SIGUSR2. */
export interface InstanceOrder {
  /** Keeps the event loop busy this long. */
  readonly blockMs: number;
}
