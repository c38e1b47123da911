/** A part of the whole that can be made to fail: a service, an instance, PostgreSQL, Redis. */
export interface Member {
  readonly name: string;
  readonly isUp: boolean;
  readonly isPaused: boolean;
  readonly pid: number | undefined;
  /** Starts it, or starts it again. Resolves when it is ready. */
  start(): Promise<void>;
  /** The orderly way. Resolves when it is gone. */
  stop(): Promise<void>;
  /** SIGKILL. Resolves when it is gone. It stays down until `start`. */
  kill(): Promise<void>;
  /** SIGSTOP, for everything that belongs to it. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
}

/** Told of what members do unasked. */
export type MemberObserver = (news: { readonly name: string; readonly what: string }) => void;
