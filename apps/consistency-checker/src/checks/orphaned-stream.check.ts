import type { OwnerlessStream } from '@weir/database';
import type { Finding } from '@weir/domain';
import type { Check, CheckInput } from './check';
import { computeFreeRoom } from './free-room';

/** How much longer than one lease a stream may be without an owner before it counts. In ms. */
const GRACE_MS = 5_000;

/** From when on a stream without an owner is a finding: a failover may take a lease. In ms. */
export function ownerlessAfterMs({ fleet }: Pick<CheckInput, 'fleet'>): number {
  return fleet.settings.leaseTtlMs + GRACE_MS;
}

/**
 * A stream that should run has no owner. First match wins:
 *
 * | because | severity | repair |
 * |---|---|---|
 * | the fleet is frozen | WARNING | none: an operator's wish |
 * | the balancer-worker said why it cannot be placed | WARNING | ring, if there is room by now |
 * | no instance has room | WARNING | none: capacity is missing |
 * | nobody placed it although there is room | ERROR | ring |
 *
 * Placing is the balancer-worker's alone; ringing makes it look now.
 */
export const orphanedStreamCheck: Check = {
  kind: 'orphaned-stream',
  find: (input) => {
    const { ownerless, ownerlessCount, ownerlessExplainedCount } = input.picture;
    const listedExplained = ownerless.filter((stream) => stream.unplacedReasons !== null).length;
    const unlistedExplained = ownerlessExplainedCount - listedExplained;
    const unlisted = ownerlessCount - ownerless.length - unlistedExplained;
    const judge = judgementOf(input);
    const silent = { ...NOBODY, unplacedReasons: null };
    const explained = { ...NOBODY, unplacedReasons: {} };
    return {
      findings: ownerless.map((stream) => toFinding(stream, judge(stream), input)),
      unlisted: [
        { severity: judge(silent).severity, count: unlisted },
        { severity: judge(explained).severity, count: unlistedExplained },
      ].filter(({ count }) => count > 0),
    };
  },
};

/** Stands for streams that are only counted. */
const NOBODY: OwnerlessStream = { streamId: '0', epoch: 0, ownerlessMs: 0, unplacedReasons: null };

type Judgement = Pick<Finding, 'severity' | 'repair'> & { readonly because: string };

function judgementOf({ fleet, picture }: CheckInput): (stream: OwnerlessStream) => Judgement {
  const { readyInstances, freeStreams } = computeFreeRoom(picture);
  const hasRoom = freeStreams > 0;
  return ({ unplacedReasons }) => {
    if (fleet.settings.frozen) {
      return { severity: 'WARNING', repair: 'none', because: 'the fleet is frozen' };
    }
    if (unplacedReasons !== null) {
      const because = `no instance can take it: ${describe(unplacedReasons)}`;
      return { severity: 'WARNING', repair: hasRoom ? 'ring-balancer' : 'none', because };
    }
    if (!hasRoom) {
      const because = `none of ${readyInstances} ready instances has room`;
      return { severity: 'WARNING', repair: 'none', because };
    }
    const because = `balancer-worker has not placed it; there is room for ${freeStreams} streams`;
    return { severity: 'ERROR', repair: 'ring-balancer', because };
  };
}

function toFinding(
  stream: OwnerlessStream,
  { severity, repair, because }: Judgement,
  input: CheckInput,
): Finding {
  const ownerlessMs = Math.round(stream.ownerlessMs);
  return {
    kind: 'orphaned-stream',
    severity,
    streamId: stream.streamId,
    serverId: null,
    message: `has had no owner for ${Math.round(ownerlessMs / 1_000)} s: ${because}`,
    evidence: {
      epoch: stream.epoch,
      ownerlessMs,
      allowedMs: ownerlessAfterMs(input),
      unplacedReasons: stream.unplacedReasons,
      ...computeFreeRoom(input.picture),
    },
    repair,
  };
}

function describe(reasons: Readonly<Record<string, number>>): string {
  const parts = Object.entries(reasons).map(([reason, count]) => `${reason} (${count})`);
  return parts.join(', ') || 'there is no instance';
}
