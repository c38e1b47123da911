import { Injectable } from '@nestjs/common';
import { OrdinaryReads, findLatestHealth, listHealth } from '@weir/database';
import type { AgedHealth } from '@weir/database';
import type { HealthReason, SystemHealth } from '@weir/domain';

/** Older than this, a sample says nothing about now. In ms. */
const SAMPLE_TTL_MS = 60_000;
const HISTORY_MS = 3_600_000;

@Injectable()
export class SystemHealthService {
  constructor(private readonly reads: OrdinaryReads) {}

  async latest(): Promise<SystemHealth> {
    return judgeSample(await findLatestHealth(this.reads), new Date());
  }

  history(since: string | undefined, limit: number): Promise<readonly SystemHealth[]> {
    const from = since === undefined ? new Date(Date.now() - HISTORY_MS) : new Date(since);
    return listHealth(this.reads, from, limit);
  }
}

/** The newest sample if it is new enough; else what is known, called unknown, with why. */
export function judgeSample(sample: AgedHealth | undefined, now: Date): SystemHealth {
  if (sample && sample.ageMs <= SAMPLE_TTL_MS) return sample.health;
  const reason: HealthReason = {
    score: 'availability',
    severity: 'CRITICAL',
    message: sample
      ? `health was last measured ${Math.round(sample.ageMs / 1_000)} s ago: is health-aggregator running?`
      : 'health was never measured: is health-aggregator running?',
  };
  const known = sample?.health ?? { ...NOTHING, at: now.toISOString() };
  return {
    ...known,
    overall: 'unknown',
    needsIntervention: true,
    reasons: [reason, ...known.reasons],
  };
}

const NOTHING: Omit<SystemHealth, 'at'> = {
  overall: 'unknown',
  needsIntervention: true,
  totalInstances: 0,
  activeInstances: 0,
  totalStreams: 0,
  assignedStreams: 0,
  loadBalanceScore: 0,
  consistencyScore: 0,
  performanceScore: 0,
  services: [],
  reasons: [],
};
