import type { Direction } from './link.fault';

/** What a tap says of data: what goes on, and whether the connection is cut after that. */
export interface TapVerdict {
  readonly forward: readonly Buffer[];
  readonly isCut: boolean;
}

/**
 * Looks into one connection, both ways. It may hold data back until it knows enough, and may cut
 * the connection at a place of its choice.
 */
export interface ConnectionTap {
  take(direction: Direction, chunk: Buffer): TapVerdict;
}

/** Makes the tap of a new connection. `connection` counts from 1. */
export type TapFactory = (connection: number) => ConnectionTap;
