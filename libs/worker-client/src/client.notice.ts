import type { StopReason } from './machine/machine.types';

/** What the host is told, by the names under which `WeirClient` emits it. */
export interface ClientNotices {
  /** A new incarnation. `assignments`: how many streams it began with. */
  readonly registered: { readonly incarnation: number; readonly assignments: number };
  /** The lease was extended; `deadlineMs` on the clock of `performance.now()`. */
  readonly renewed: { readonly incarnation: number; readonly deadlineMs: number };
  /** Exclusive streams are being stopped. */
  readonly leaseLost: { readonly reason: string };
  /** The incarnation is over; the client registers again by itself. */
  readonly fenced: { readonly incarnation: number };
  readonly assignmentStarted: { readonly streamId: string; readonly epoch: number };
  readonly assignmentFailed: {
    readonly streamId: string;
    readonly epoch: number;
    readonly error: string;
  };
  readonly assignmentStopped: {
    readonly streamId: string;
    readonly epoch: number;
    readonly reason: StopReason;
  };
  /** A heartbeat got no answer; streams go on for as long as their lease allows. */
  readonly disconnected: { readonly reason: string };
  readonly reconnected: { readonly incarnation: number };
  /** What runs here and what should run here were brought together. */
  readonly resynced: { readonly started: number; readonly stopped: number };
  /** A handler takes longer than `stopTimeoutMs` to stop a stream. */
  readonly stopOverdue: { readonly streamId: string; readonly epoch: number };
}

export type ClientNoticeName = keyof ClientNotices;

/** A notice with its name, as the state machine produces it. */
export type ClientNotice = {
  [K in ClientNoticeName]: { readonly name: K } & ClientNotices[K];
}[ClientNoticeName];
