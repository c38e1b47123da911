import type { HistoryPlan, Swarm, TimedIncident } from './history.plan';

/** How often a shorter history is tried at most. */
const ATTEMPTS_MAX = 400;

/** Whether a history with this plan still violates the same invariant. */
export type StillFails = (plan: HistoryPlan) => Promise<boolean>;

const QUIET: Swarm = {
  lossShare: 0,
  duplicateShare: 0,
  delayedShare: 0,
  delayedMostMs: 0,
  breakShare: 0,
  lostCommitShare: 0,
  failShare: 0,
  slowHostShare: 0,
  slowHostMostMs: 0,
  effectMostMs: 5,
  rateError: 0,
};

/**
 * Makes a failing history short: leaves out what chance does, then incidents (large parts first,
 * down to single ones), then streams and instances, as long as the same invariant fails.
 */
export class PlanShrinker {
  private attempts = 0;

  constructor(private readonly stillFails: StillFails) {}

  async shrink(plan: HistoryPlan): Promise<HistoryPlan> {
    let best = plan;
    let before: HistoryPlan;
    do {
      before = best;
      best = await this.calm(best);
      best = await this.leaveOutIncidents(best);
      best = await this.leaveOutStreams(best);
    } while (best !== before && this.attempts < ATTEMPTS_MAX);
    return best;
  }

  private async calm(plan: HistoryPlan): Promise<HistoryPlan> {
    let best = plan;
    for (const name of Object.keys(QUIET) as (keyof Swarm)[]) {
      if (best.swarm[name] === QUIET[name]) continue;
      best = await this.better(best, { swarm: { ...best.swarm, [name]: QUIET[name] } });
    }
    return best;
  }

  /** Delta debugging: without each of n parts, then of 2n smaller ones. */
  private async leaveOutIncidents(plan: HistoryPlan): Promise<HistoryPlan> {
    let best = plan;
    for (let size = Math.ceil(best.incidents.length / 2); size >= 1; size = nextSize(size)) {
      for (let at = 0; at < best.incidents.length;) {
        const incidents = without(best.incidents, at, size);
        const shorter = await this.better(best, { incidents });
        if (shorter === best) at += size;
        best = shorter;
      }
    }
    return best;
  }

  private async leaveOutStreams(plan: HistoryPlan): Promise<HistoryPlan> {
    let best = plan;
    for (let at = best.streams.length - 1; at >= 0; at -= 1) {
      const streams = best.streams.filter((_, index) => index !== at);
      if (streams.length > 0) best = await this.better(best, { streams });
    }
    return best;
  }

  private async better(best: HistoryPlan, change: Partial<HistoryPlan>): Promise<HistoryPlan> {
    if (this.attempts >= ATTEMPTS_MAX) return best;
    this.attempts += 1;
    const candidate = { ...best, ...change };
    return (await this.stillFails(candidate)) ? candidate : best;
  }
}

function nextSize(size: number): number {
  return size === 1 ? 0 : Math.ceil(size / 2);
}

function without(
  incidents: readonly TimedIncident[],
  at: number,
  count: number,
): readonly TimedIncident[] {
  return [...incidents.slice(0, at), ...incidents.slice(at + count)];
}
