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
  /** Local operation has gone on for as long as the host allows. */
  | 'cut-off'
  /** Its start failed, or it broke while it ran. */
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
  /** One attempt to register came to nothing. */
  | {
      readonly type: 'registration-failed';
      readonly reason: string;
      readonly retryAfterMs?: number;
    }
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
  /** The watch is open: what is committed from now on comes at once. */
  | { readonly type: 'watch-opened'; readonly incarnation: number }
  /** It ended, or could not be opened. */
  | { readonly type: 'watch-lost'; readonly incarnation: number; readonly reason: string }
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
  /** No answer to a request with acks: they may or may not have been taken. */
  | {
      readonly type: 'acks-failed';
      readonly incarnation: number;
      readonly reason: string;
      readonly retryAfterMs?: number;
    }
  /** The API does not take what was in the request. */
  | { readonly type: 'acks-refused'; readonly incarnation: number; readonly reason: string }
  | { readonly type: 'drain-answered'; readonly incarnation: number }
  | { readonly type: 'leave-answered' }
  | { readonly type: 'stream-started'; readonly stream: StreamEpoch }
  | { readonly type: 'stream-prepared'; readonly stream: StreamEpoch }
  | {
      readonly type: 'stream-failed';
      readonly stream: StreamEpoch;
      readonly failure: StreamFailure;
    }
  /** It broke while it ran, and may have left something behind. */
  | { readonly type: 'stream-broke'; readonly stream: StreamEpoch; readonly error: string }
  /** What the handler says that it runs; undefined when it does not say. */
  | {
      readonly type: 'handler-inspected';
      readonly handled: readonly StreamEpoch[] | undefined;
    }
  | {
      readonly type: 'stream-stopped';
      readonly stream: StreamEpoch;
      readonly checkpoint?: JsonObject;
    }
  | { readonly type: 'clocks-disagreed'; readonly disagreementMs: number }
  | { readonly type: 'leave-requested'; readonly deadlineMs: number };

/**
 * What is to be done. Calls come back as events. Each is one attempt, and when to make another is
 * decided here; but for `drain`, `leave` and `watch`, which the driver repeats by itself.
 */
export type MachineAction =
  | { readonly type: 'register'; readonly running: readonly StreamEpoch[] }
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
      /** Up to which everything was applied; undefined: the API does not take it. */
      readonly seenRevision: number | undefined;
      readonly running: readonly StreamEpoch[];
    }
  | { readonly type: 'drain'; readonly incarnation: number }
  | { readonly type: 'leave'; readonly incarnation: number }
  | { readonly type: 'watch'; readonly incarnation: number }
  /** The incarnation is over: end its watch and every call that still names it. */
  | { readonly type: 'abandon-calls' }
  | { readonly type: 'start-stream'; readonly assignment: Assignment }
  | { readonly type: 'prepare-stream'; readonly assignment: Assignment }
  /** Ask the handler what it really runs. */
  | { readonly type: 'inspect-handler' }
  /** The handler runs what it was told to stop, or never told to start. */
  | { readonly type: 'stop-stray'; readonly stream: StreamEpoch }
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
