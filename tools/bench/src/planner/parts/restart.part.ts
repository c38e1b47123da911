import type { Plan } from '@weir/planner';
import { FleetLedger } from '../fleet/fleet.ledger';
import { readyInstances } from '../fleet/instance.rows';
import { STARTED_AT_MS, unlimitedSettings } from '../fleet/planner.presets';
import { drawLoads } from '../fleet/random.loads';
import { settle } from '../fleet/settle';
import { SeededRandom } from '../measure/seeded.random';
import { RestartCount } from './restart.count';
import type { MoveShares } from './restart.count';
import { listRestartEvents } from './restart.events';
import type { RestartEvent, RestartStrategy } from './restart.events';

const STREAMS = 256;
/** Slots for all streams on one instance: with two instances, one holds everything meanwhile. */
const CAPACITY = STREAMS;
const LOAD_RATIO_MAX = 5;
/** One plan after the other within one step of the restart: the balancer's own pace. In ms. */
const GAP_MS = 5_000;
/** From one step of the restart to the next: longer than the cooldown of 60 s. In ms. */
const STEP_MS = 90_000;
const PLANS_MAX = 20;

export interface RestartOrder {
  readonly instances: number;
  /** Load of the fleet as share of its capacity. Ratio. */
  readonly utilisation: number;
  readonly strategy: RestartStrategy;
  /** Random fleets, each restarted by itself. */
  readonly fleets: number;
  /** Of the first fleet; the next one has the next seed. */
  readonly seed: number;
}

export interface RestartFigures {
  /** Moves off the instances that stopped. */
  readonly leaving: MoveShares;
  /** Moves to the instances that started. */
  readonly filling: MoveShares;
  /** All other moves. */
  readonly balancing: MoveShares;
  /** The largest distance of an instance's load from the mean in the end, over the mean. Ratio. */
  readonly offMean: number;
  /** Steps of the restart after which there was still something to do after 20 plans. */
  readonly restless: number;
}

/** Every instance of a balanced fleet is restarted, one after the other. One entry per fleet. */
export function measureRestart(order: RestartOrder): RestartFigures[] {
  return Array.from({ length: order.fleets }, (_unused, at) => restartOne(order, order.seed + at));
}

function restartOne(order: RestartOrder, seed: number): RestartFigures {
  const ledger = openFleet(order, seed);
  const count = new RestartCount(ledger.weights);
  let restless = 0;
  let nowMs = STARTED_AT_MS;
  const settleNow = (): readonly Plan[] => {
    const pace = { settings: unlimitedSettings, nowMs, gapMs: GAP_MS, plansMax: PLANS_MAX };
    const settled = settle(ledger, pace);
    if (!settled.isSettled) restless += 1;
    nowMs = settled.nowMs + STEP_MS;
    return settled.plans;
  };
  settleNow();
  for (const event of listRestartEvents(order.strategy, order.instances, CAPACITY)) {
    happen(ledger, event);
    count.add(event, settleNow());
  }
  return { ...count.shares(), offMean: offMeanOf(ledger, order.instances), restless };
}

function openFleet(order: RestartOrder, seed: number): FleetLedger {
  const total = order.utilisation * order.instances * CAPACITY;
  const random = new SeededRandom(seed);
  const weights = drawLoads({ count: STREAMS, total, ratioMax: LOAD_RATIO_MAX }, random);
  return new FleetLedger({ instances: readyInstances(order.instances, CAPACITY), weights });
}

function happen(ledger: FleetLedger, event: RestartEvent): void {
  switch (event.kind) {
    case 'instance.draining':
    case 'instance.ready':
      ledger.putInstance(event.view);
      return;
    case 'instance.left':
      ledger.dropInstance(event.view.serverId);
      return;
  }
}

/** Instances that left own nothing, and in the end as many are there as in the beginning. */
function offMeanOf(ledger: FleetLedger, instances: number): number {
  const total = ledger.weights.reduce((sum, weight) => sum + weight, 0);
  const mean = total / instances;
  const present = new Set(ledger.snapshot().instances.map((view) => view.serverId));
  const loads = [...ledger.loads()].filter((_load, at) => present.has(ledger.serverIdOf(at)));
  return Math.max(...loads.map((load) => Math.abs(load - mean) / mean));
}
