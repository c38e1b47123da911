import { createHash } from 'node:crypto';

/** What an instance runs, in short: how many assignments and the XOR of their hashes. */
export interface RunningDigest {
  readonly count: number;
  /** 16 lower-case hex digits; `0000000000000000` for nothing. */
  readonly digest: string;
}

export interface StreamEpoch {
  readonly streamId: string;
  readonly epoch: number;
}

export const EMPTY_DIGEST = '0000000000000000';

/**
 * First 8 bytes of SHA-256 of `streamId:epoch`, as an unsigned 64-bit integer (protocol.md,
 * Heartbeat).
 */
export function hashAssignment({ streamId, epoch }: StreamEpoch): bigint {
  return createHash('sha256').update(`${streamId}:${epoch}`).digest().readBigUInt64BE(0);
}

/** XOR of the hashes of all assignments: independent of order, and its own inverse. */
export function computeDigest(assignments: Iterable<StreamEpoch>): RunningDigest {
  let xor = 0n;
  let count = 0;
  for (const assignment of assignments) {
    xor ^= hashAssignment(assignment);
    count += 1;
  }
  return { count, digest: formatDigest(xor) };
}

/** The 16 hex digits of an unsigned 64-bit integer. */
export function formatDigest(xor: bigint): string {
  return BigInt.asUintN(64, xor).toString(16).padStart(16, '0');
}
