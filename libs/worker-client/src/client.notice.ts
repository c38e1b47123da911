import type { StreamEpoch } from '@weir/domain';
import type { ConnectivityPath } from './machine/connectivity';
import type { StopReason } from './machine/machine.types';
import type { BufferedMeasure, BufferedNotice } from './driver/outage.buffer';

/** What a consistency check of this instance found. */
export interface CheckOutcome {
  /** How many streams are assigned here. */
  readonly streams: number;
  /** Were running, and the handler does not run them any more; reported as failed. */
  readonly died: readonly StreamEpoch[];
  /** The handler runs them, and should not; it was told to stop them. */
  readonly strays: readonly StreamEpoch[];
  /** Whether the control plane believes the same as this client; a resync follows if not. */
  readonly controlPlane: 'agrees' | 'disagrees' | 'unknown';
}

/** What the host is told, by the names under which `WeirClient` emits it. */
export interface ClientNotices {
  /** A new incarnation. `assignments`: how many streams it began with. */
  readonly registered: { readonly incarnation: number; readonly assignments: number };
  /** An attempt to register came to nothing; the next follows after `retryInMs`. */
  readonly registrationFailed: { readonly reason: string; readonly retryInMs: number };
  /** The lease was extended; `deadlineMs` on the clock of `performance.now()`. */
  readonly renewed: { readonly incarnation: number; readonly deadlineMs: number };
  /** Exclusive streams are being stopped. */
  readonly leaseLost: { readonly reason: string };
  /** The incarnation is over; the client registers again by itself. */
  readonly fenced: { readonly incarnation: number };
  /** The stream is warmed up here, and will soon be given or called off. */
  readonly assignmentPrepared: { readonly streamId: string; readonly epoch: number };
  readonly assignmentStarted: { readonly streamId: string; readonly epoch: number };
  /** Its start or its preparation failed, or it broke while it ran. */
  readonly assignmentFailed: {
    readonly streamId: string;
    readonly epoch: number;
    readonly error: string;
  };
  /** Its last effect is over. */
  readonly assignmentStopped: {
    readonly streamId: string;
    readonly epoch: number;
    readonly reason: StopReason;
  };
  /** A heartbeat got no answer; streams go on for as long as their lease allows. */
  readonly disconnected: { readonly reason: string };
  /** Heartbeats are answered again. */
  readonly reconnected: { readonly incarnation: number };
  /** Some ways to the control plane fail while others pass; told again when others fail. */
  readonly partialConnectivity: {
    readonly passing: readonly ConnectivityPath[];
    readonly failing: readonly ConnectivityPath[];
    readonly reason: string;
  };
  /** Every way that failed passes again. */
  readonly connectivityRestored: { readonly passing: readonly ConnectivityPath[] };
  /** An address of the API is left alone for a while: it failed again and again. */
  readonly breakerOpened: {
    readonly address: string;
    readonly reason: string;
    readonly retryInMs: number;
  };
  /** That address answers again. */
  readonly breakerClosed: { readonly address: string };
  /**
   * There is no lease. `exclusive`: streams that go on for their `autonomyMs`; `others`: streams
   * that go on because they are not exclusive.
   */
  readonly localOperationBegan: {
    readonly reason: string;
    readonly exclusive: number;
    readonly others: number;
  };
  /** There is a lease again, or the client has left; the same counts, of what still runs. */
  readonly localOperationEnded: {
    readonly durationMs: number;
    readonly exclusive: number;
    readonly others: number;
  };
  /** What happened and what was measured meanwhile; the oldest was dropped if it was too much. */
  readonly localOperationReported: {
    readonly notices: readonly BufferedNotice[];
    readonly droppedNotices: number;
    readonly measures: readonly BufferedMeasure[];
    readonly droppedMeasures: number;
  };
  /** So many acknowledgements wait that nothing new is accepted until some are answered. */
  readonly acksHeldUp: { readonly waiting: number };
  /** The API does not take this acknowledgement; it is given up. */
  readonly ackRefused: {
    readonly streamId: string;
    readonly epoch: number;
    readonly state: string;
    readonly reason: string;
  };
  /** What runs here and what should run here were brought together. */
  readonly resynced: { readonly started: number; readonly stopped: number };
  /** A consistency check found nothing wrong. */
  readonly checkPassed: CheckOutcome;
  /** A consistency check found something wrong; it is being mended. */
  readonly checkFailed: CheckOutcome;
  /** A handler takes longer than `stopTimeoutMs` to stop a stream. */
  readonly stopOverdue: { readonly streamId: string; readonly epoch: number };
}

export type ClientNoticeName = keyof ClientNotices;

/** A notice with its name, as the state machine produces it. */
export type ClientNotice = {
  [K in ClientNoticeName]: { readonly name: K } & ClientNotices[K];
}[ClientNoticeName];
