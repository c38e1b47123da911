import type { Finding } from '@weir/domain';
import { announceRepair } from './announce.repair';
import { recountRepair } from './recount.repair';
import { releaseRepair } from './release.repair';
import type { Repair, RepairContext } from './repair';
import { requestResyncRepair } from './request-resync.repair';
import { ringBalancerRepair } from './ring-balancer.repair';

/** Every repair, in the order in which they are done: the balancer looks when all else is right. */
const REPAIRS: readonly Repair[] = [
  recountRepair,
  releaseRepair,
  requestResyncRepair,
  announceRepair,
  ringBalancerRepair,
];

/**
 * Answers the findings. A repair that fails does not keep the others from being done.
 * @returns the findings that were answered, and what failed.
 */
export async function applyRepairs(
  findings: readonly Finding[],
  context: RepairContext,
): Promise<{ readonly repaired: ReadonlySet<Finding>; readonly failures: readonly string[] }> {
  const repaired = new Set<Finding>();
  const failures: string[] = [];
  for (const repair of REPAIRS) {
    const answered = findings.filter((finding) => finding.repair === repair.kind);
    if (answered.length === 0) continue;
    try {
      for (const finding of await repair.apply(answered, context)) repaired.add(finding);
    } catch (error) {
      failures.push(`${repair.kind}: ${String(error)}`);
    }
  }
  return { repaired, failures };
}
