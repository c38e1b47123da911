/** The two ways that data goes through a link. */
export type Direction = 'toServer' | 'toClient';

/** What goes wrong with data in one direction. Plain data: it can be drawn, written down, sent. */
export interface DirectionFault {
  /** Added to every chunk, in ms. */
  readonly latencyMs?: number;
  /** Up to this much more, drawn for each chunk; the order is kept. In ms. */
  readonly jitterMs?: number;
  readonly bytesPerSecond?: number;
  /**
   * Nothing arrives and nobody is told. What was sent meanwhile arrives when the fault is over, as
   * TCP would send it again.
   */
  readonly isBlackhole?: boolean;
  /** After this many bytes more, of each connection, it is reset. */
  readonly cutAfterBytes?: number;
}

/** What goes wrong with a link. Nothing, when it is empty. */
export interface LinkFault {
  readonly toServer?: DirectionFault;
  readonly toClient?: DirectionFault;
  /**
   * What new connections meet. `refused`: nobody listens. `half-open`: accepted, and never
   * forwarded.
   */
  readonly connecting?: 'refused' | 'half-open';
}

export const NO_FAULT: LinkFault = {};

/** Cut off in both directions, for what is connected and for what connects. */
export const PARTITIONED: LinkFault = {
  toServer: { isBlackhole: true },
  toClient: { isBlackhole: true },
};

/** The same slowness both ways. */
export function slowLink(fault: DirectionFault): LinkFault {
  return { toServer: fault, toClient: fault };
}
