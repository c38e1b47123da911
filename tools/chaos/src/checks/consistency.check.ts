import { until } from '@weir/testing';
import type { OperatorClient } from '../plant/operator.client';
import { firstOf } from './violation';
import type { Violation } from './violation';

const ATTEMPTS = 3;
const REPORT_TIMEOUT_MS = 30_000;

interface Report {
  readonly state: string;
  readonly findings: {
    readonly items: readonly {
      readonly kind?: string;
      readonly check?: string;
      readonly message?: string;
    }[];
  };
}

/**
 * I5 and I6: the consistency-checker finds nothing. A fleet that is just moving a stream may show a
 * finding that is gone a moment later, so only what stays is one.
 */
export async function checkConsistency(operator: OperatorClient): Promise<Violation[]> {
  let findings: Report['findings']['items'] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    findings = (await readReport(operator)).findings.items;
    if (findings.length === 0) return [];
  }
  return firstOf(
    findings.map((finding) => ({
      invariant: 'I5',
      what: `the consistency-checker finds ${JSON.stringify(finding)}`,
    })),
  );
}

async function readReport(operator: OperatorClient): Promise<Report> {
  const { reportId } = await operator.call<{ reportId: string }>('/consistency/checks', {
    method: 'POST',
    body: { repair: false },
  });
  return until(
    'the consistency check is done',
    async () => {
      const report = await operator
        .call<Report>(`/consistency/reports/${reportId}`)
        .catch(() => undefined);
      return report?.state === 'done' && report;
    },
    REPORT_TIMEOUT_MS,
  );
}
