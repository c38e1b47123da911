import type { CampaignTotals } from './campaign.totals';
import { percentile } from './campaign.totals';

const COLUMNS = 3;

/** A campaign's result as text. */
export function describeCampaign(totals: CampaignTotals, wallMs: number): string {
  const perSecond = totals.histories / (wallMs / 1_000);
  const recovery = [0.5, 0.99, 1].map((share) =>
    (percentile(totals.recoveriesMs, share) / 1_000).toFixed(1),
  );
  return [
    `${totals.histories} histories, ${totals.steps} steps, ${totals.faults} faults in ` +
      `${(wallMs / 1_000).toFixed(0)} s (${perSecond.toFixed(1)} histories/s)`,
    `recovery after the last fault: p50 ${recovery[0]} s, p99 ${recovery[1]} s, most ${recovery[2]} s`,
    '',
    'invariants checked',
    ...table(totals.checks),
    '',
    'faults and operator actions',
    ...table(totals.incidents),
    '',
    'what happened beside them',
    ...table(totals.figures),
    '',
    ...totals.violations.map(
      ({ seed, invariant, atMs, message }) =>
        `seed ${seed}: ${invariant} at ${atMs} ms: ${message}`,
    ),
    `${totals.violations.length} violations`,
  ].join('\n');
}

function table(counts: Readonly<Record<string, number>>): string[] {
  const cells = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name.padEnd(18)} ${String(count).padStart(12)}`);
  const rows: string[] = [];
  for (let at = 0; at < cells.length; at += COLUMNS) {
    rows.push(`  ${cells.slice(at, at + COLUMNS).join('   ')}`);
  }
  return rows;
}
