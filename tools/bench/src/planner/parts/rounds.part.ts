import type { PlannerSettings } from '@weir/planner';
import { FleetLedger } from '../fleet/fleet.ledger';
import { readyInstance, readyInstances } from '../fleet/instance.rows';
import { peakLowerBound } from '../fleet/lower.bounds';
import { STARTED_AT_MS, unlimitedSettings } from '../fleet/planner.presets';
import { drawLoads } from '../fleet/random.loads';
import { countMoves, settle } from '../fleet/settle';
import { SeededRandom } from '../measure/seeded.random';

const INSTANCES = 8;
const ALIVE_MIN = 6;
const STREAMS = 128;
/** Slots for all streams on one instance: only load is a limit, and it is a soft one. */
const CAPACITY = STREAMS;
const LOAD_RATIO_MAX = 4;
/** Total load at most, as share of what the instances alive have. */
const TOTAL_MAX = 1.2;
/** Share of the load that one stream has in half of the rounds. */
const HOT_SHARE = 0.5;
const PLANS_MAX = 5;
const GAP_MS = 60_000;

/** What the rounds are planned with: a band of 2.5 % and no cooldown. */
export function roundSettings(moveCostShare: number): PlannerSettings {
  return {
    ...unlimitedSettings,
    relativeBand: 0.025,
    absoluteBand: 0,
    cooldownMs: 0,
    moveCostShare,
  };
}

export interface RoundOrder {
  readonly rounds: number;
  readonly moveCostShare: number;
  readonly seed: number;
}

/** One entry per round in each list. */
export interface RoundFigures {
  /** Peak over its lower bound, minus 1: share by which the hottest is too hot. */
  readonly overBound: readonly number[];
  /** The same as share of the capacity or the bound, whichever is larger: Dicer's own measure. */
  readonly overCapacity: readonly number[];
  /** True: one stream had half of the load. */
  readonly hasHot: readonly boolean[];
  /** Moves: streams taken from an instance that is alive. */
  readonly moves: readonly number[];
  /** Plans until one was empty. */
  readonly plans: readonly number[];
  /** Rounds that were not at rest after five plans. */
  readonly restless: number;
}

/**
 * After the chaos test of Databricks' Dicer (AlgorithmChaosSuite): rounds in sequence on one fleet,
 * each with another set of instances alive and other loads. There a hot key may be split over
 * several instances and bounds are in shares of an instance's capacity; here streams are whole, and
 * the bound is what whole streams allow, however little load there is.
 */
export function measureRounds(order: RoundOrder): RoundFigures {
  const random = new SeededRandom(order.seed);
  const settings = roundSettings(order.moveCostShare);
  const weights = new Float64Array(STREAMS);
  const ledger = new FleetLedger({ instances: readyInstances(INSTANCES, CAPACITY), weights });
  const overBound: number[] = [];
  const overCapacity: number[] = [];
  const hasHot: boolean[] = [];
  const moves: number[] = [];
  const planCounts: number[] = [];
  let restless = 0;
  let nowMs = STARTED_AT_MS;
  for (let round = 0; round < order.rounds; round++) {
    const alive = random.choose(ALIVE_MIN + random.below(INSTANCES - ALIVE_MIN + 1), INSTANCES);
    reviveOnly(ledger, new Set(alive));
    const isHot = random.chance(0.5);
    weights.set(drawRound({ alive: alive.length, isHot }, random));
    const settled = settle(ledger, { settings, nowMs, gapMs: GAP_MS, plansMax: PLANS_MAX });
    nowMs = settled.nowMs + GAP_MS;
    const bound = peakLowerBound(
      weights,
      alive.map(() => CAPACITY),
    );
    const peak = Math.max(...ledger.loads()) / CAPACITY;
    overBound.push(peak / bound - 1);
    overCapacity.push((peak - bound) / Math.max(1, bound));
    hasHot.push(isHot);
    moves.push(countMoves(settled.plans));
    planCounts.push(settled.plans.length);
    if (!settled.isSettled) restless += 1;
  }
  return { overBound, overCapacity, hasHot, moves, plans: planCounts, restless };
}

function reviveOnly(ledger: FleetLedger, alive: ReadonlySet<number>): void {
  for (let at = 0; at < INSTANCES; at++) {
    const status = alive.has(at) ? 'ready' : 'lost';
    ledger.putInstance({ ...readyInstance(at, CAPACITY), status });
  }
}

/** Loads of one round; when it is a hot one, one stream has half of all. */
function drawRound(
  round: { readonly alive: number; readonly isHot: boolean },
  random: SeededRandom,
): Float64Array {
  const total = random.next() * TOTAL_MAX * round.alive * CAPACITY;
  if (!round.isHot) return drawLoads({ count: STREAMS, total, ratioMax: LOAD_RATIO_MAX }, random);
  const hot = random.below(STREAMS);
  const rest = drawLoads(
    { count: STREAMS - 1, total: total * (1 - HOT_SHARE), ratioMax: LOAD_RATIO_MAX },
    random,
  );
  return Float64Array.from([...rest.slice(0, hot), total * HOT_SHARE, ...rest.slice(hot)]);
}
