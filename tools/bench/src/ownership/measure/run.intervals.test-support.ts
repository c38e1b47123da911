import type { RunInterval } from '@weir/testing';

const NS_PER_MS = 1_000_000n;

/** A stretch in which an instance ran stream 1, in ms. */
export function runOf(
  serverId: string,
  fromMs: number,
  toMs: number | undefined,
  more: Partial<RunInterval> & { readonly underWayMs?: number } = {},
): RunInterval {
  const { underWayMs, ...fields } = more;
  return {
    serverId,
    streamId: '1',
    epoch: 1,
    exclusive: true,
    startedNs: BigInt(fromMs) * NS_PER_MS,
    endedNs: toMs === undefined ? undefined : BigInt(toMs) * NS_PER_MS,
    ...(underWayMs !== undefined && { underWayNs: BigInt(underWayMs) * NS_PER_MS }),
    ...fields,
  };
}
