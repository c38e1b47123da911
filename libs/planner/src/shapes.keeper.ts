import { defaultPlannerSettings } from './boundary/planner.settings';
import type { FleetSnapshot } from './boundary/snapshot.view';
import { readColumns } from './columns/fleet.columns';
import { DonationList } from './phases/balance.donations';
import { BulkSearch } from './phases/place.bulk';
import { plan } from './planner';
import { BucketQueue } from './state/bucket.queue';
import { HotQueue } from './state/hot.queue';
import { PlanRun } from './state/plan.run';

/**
 * One of each object that a plan works with, of the smallest fleet there is, kept for as long as
 * the process lives. The engine throws compiled code away when a collection finds that no object of
 * the shapes which it was compiled for is left; between two plans none is. With these, a plan that
 * follows a collection runs compiled: measured, 500,000 streams cold in 140 instead of 190 ms.
 */
export const keptShapes = keepShapes();

function keepShapes(): readonly unknown[] {
  const snapshot: FleetSnapshot = {
    instances: ['a', 'b'].map((serverId) => ({
      serverId,
      status: 'ready',
      capacity: { streams: 2 },
    })),
    streams: [{ streamId: '1', load: { weight: 1 }, owner: 'a', spreadGroup: 'g' }],
  };
  const run = new PlanRun(readColumns(snapshot, 0), defaultPlannerSettings, 0);
  const queue = new BucketQueue(run.columns, run.state.utilisation, 0.7);
  return [
    run,
    run.streamsAt(0),
    run.state.heaps,
    queue,
    new BulkSearch(run, queue),
    new DonationList(1, 0.7),
    new HotQueue(run.state.utilisation),
    plan(snapshot, defaultPlannerSettings, { now: 0, seed: 0 }),
  ];
}
