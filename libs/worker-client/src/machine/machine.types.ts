import type {
  Ack,
  AckResult,
  Assignment,
  HeartbeatResponse,
  JsonObject,
  RegisterResponse,
  ResyncResponse,
  RunningDigest,
  StreamEpoch,
  WatchChanges,
} from '@weir/domain';
import type { ClientNotice } from '../client.notice';
import type { StreamFailure } from './stream.slot';

/** Why a stream is stopped, as handlers and journals are told. */
export type StopReason =
  /** The control plane said so. */
  | 'assigned-away'
  /** The same stream was granted to this instance again, under a higher epoch. */
  | 'superseded'
  /** The lease ran out, or the clocks disagree. */
  | 'lease-lost'
  /** The incarnation is over. */
  | 'fenced'
  /** The control plane does not know of it. */
  | 'not-owned'
  /** The instance leaves and could not wait any longer. */
  | 'leaving'
  /** Its start failed. */
  | 'failed';

/** What happened, as the machine is told. All times are ms of one monotonic clock. */
export type MachineEvent =
  | { readonly type: 'begun' }
  | { readonly type: 'woken' }
  | {
      readonly type: 'registered';
      readonly sentAtMs: number;
      readonly response: RegisterResponse;
    }
  /** The calls for a registration ended without an answer. */
  | { readonly type: 'registration-ended' }
  | {
      readonly type: 'heartbeat-answered';
      readonly incarnation: number;
      readonly sentAtMs: number;
      readonly response: HeartbeatResponse;
    }
  | {
      readonly type: 'heartbeat-failed';
      readonly incarnation: number;
      readonly reason: string;
      readonly retryAfterMs?: number;
    }
  | { readonly type: 'incarnation-fenced'; readonly incarnation: number }
  | { readonly type: 'instance-unknown'; readonly incarnation: number }
  | {
      readonly type: 'changes-pushed';
      readonly incarnation: number;
      readonly pushed: WatchChanges;
    }
  | {
      readonly type: 'resync-answered';
      readonly incarnation: number;
      readonly response: ResyncResponse;
    }
  | { readonly type: 'resync-refused'; readonly incarnation: number }
  /** No answer to one attempt: the server may or may not have acted on the list. */
  | {
      readonly type: 'resync-failed';
      readonly incarnation: number;
      readonly retryAfterMs?: number;
    }
  | {
      readonly type: 'acks-answered';
      readonly incarnation: number;
      readonly acks: readonly Ack[];
      readonly results: readonly AckResult[];
    }
  | { readonly type: 'drain-answered'; readonly incarnation: number }
  | { readonly type: 'leave-answered' }
  | { readonly type: 'stream-started'; readonly stream: StreamEpoch }
  | { readonly type: 'stream-prepared'; readonly stream: StreamEpoch }
  | {
      readonly type: 'stream-failed';
      readonly stream: StreamEpoch;
      readonly failure: StreamFailure;
    }
  | {
      readonly type: 'stream-stopped';
      readonly stream: StreamEpoch;
      readonly checkpoint?: JsonObject;
    }
  | { readonly type: 'clocks-disagreed'; readonly disagreementMs: number }
  | { readonly type: 'leave-requested'; readonly deadlineMs: number };

/**
 * What is to be done. Calls come back as events; the driver repeats them until they are answered,
 * but for heartbeats and resyncs, which tell of one moment.
 */
export type MachineAction =
  | { readonly type: 'register'; readonly running: readonly StreamEpoch[] }
  /** Await the attempt under way, if there is one, but make no other. */
  | { readonly type: 'give-up-registering' }
  | {
      readonly type: 'send-heartbeat';
      readonly incarnation: number;
      readonly seenRevision: number;
      readonly running: RunningDigest;
      readonly timeoutMs: number;
    }
  | { readonly type: 'send-acks'; readonly incarnation: number; readonly acks: readonly Ack[] }
  | {
      readonly type: 'resync';
      readonly incarnation: number;
      readonly running: readonly StreamEpoch[];
    }
  | { readonly type: 'drain'; readonly incarnation: number }
  | { readonly type: 'leave'; readonly incarnation: number }
  | { readonly type: 'watch'; readonly incarnation: number }
  /** The incarnation is over: end its watch and every call that still names it. */
  | { readonly type: 'abandon-calls' }
  | { readonly type: 'start-stream'; readonly assignment: Assignment }
  | { readonly type: 'prepare-stream'; readonly assignment: Assignment }
  | { readonly type: 'stop-stream'; readonly stream: StreamEpoch; readonly reason: StopReason }
  /**
   * The new end of the lease; undefined: there is none. `reactionMs`: time left to stop after it.
   * `isGuarding`: exclusive streams may have effects, so the deadline must not pass unnoticed.
   */
  | {
      readonly type: 'set-deadline';
      readonly deadlineMs: number | undefined;
      readonly reactionMs: number;
      readonly isGuarding: boolean;
    }
  | { readonly type: 'notify'; readonly notice: ClientNotice }
  /** Nothing is left to do. `isClean`: it said goodbye with nothing running. */
  | { readonly type: 'finish'; readonly isClean: boolean };

export interface MachineOutcome {
  readonly actions: readonly MachineAction[];
  /** When to send `woken` at the latest; undefined: only another event can matter. */
  readonly nextWakeAtMs: number | undefined;
}
