import { pickBusyInstance } from '../faults/busy.instance';
import { findTakeoverTimes } from '../faults/effect.gaps';
import { ownedBy } from '../faults/ownership.mark';
import type { Row } from '../run/row';

/** What detection, placement and the start on another instance may take beyond the lease. In ms. */
const SHORT_LEASE_SLACK_MS = 2_000;
const LONG_LEASE_SLACK_MS = 3_000;
const SHORT_LEASE_MS = 6_000;

/** An instance is killed: its streams run elsewhere soon after its lease. */
export const w1Row: Row = {
  id: 'W1',
  fault: 'kill -9 of an instance',
  expected: 'its streams have effects elsewhere within the lease and 2 s (3 s for a lease of 15 s)',
  repetitions: 3,
  run: async (scene) => {
    const { plant, leaseTtlMs } = scene;
    const { instance, mark } = await pickBusyInstance(scene);
    const slackMs = leaseTtlMs <= SHORT_LEASE_MS ? SHORT_LEASE_SLACK_MS : LONG_LEASE_SLACK_MS;
    scene.say(`kill -9 of ${instance.name}`);
    const killedNs = process.hrtime.bigint();
    await instance.kill();
    await scene.recover('every stream runs again', killedNs, leaseTtlMs + slackMs);
    const victims = ownedBy(mark, instance.serverId).filter((stream) => stream.isExclusive);
    const times = await findTakeoverTimes(plant, victims, killedNs);
    scene.claim(times.length === victims.length, `${instance.name}: not all of its streams moved`);
    for (const ms of times) scene.record('failover of one stream', ms, leaseTtlMs + slackMs);
    await instance.start();
  },
};
