import { checkCounters } from '../checks/database.checks';
import { elapsedMs } from '../faults/elapsed';
import { stopInterfering } from '../faults/lost.answers';
import { CHECKER_NAME, SECOND_CHECKER_NAME } from '../plant/plant.options';
import type { ServiceName } from '../plant/plant.options';
import type { Row } from '../run/row';
import type { Scene } from '../run/scene';

const CHECKERS = [CHECKER_NAME, SECOND_CHECKER_NAME] as const;
/** Longer than the lock of a job (30 s): then another processor takes it over. In ms. */
const BLOCKED_MS = 42_000;

/** A job's processor is paused in the middle of its work until the job counts as stalled. */
export const r6Row: Row = {
  id: 'R6',
  fault: 'a stalled job: its processor paused for 42 s in mid-repair, another one takes it over',
  expected: 'the repair has its effect once',
  repetitions: 1,
  plant: { checkers: 2 },
  run: async (scene) => {
    const { plant } = scene;
    const eventId = await plant.truth.patient.lastEventId();
    await plant.truth.patient.query('update instance_counters set held_count = held_count + 1');
    scene.say('a counter is wrong, and a repair is asked for');
    const askedNs = process.hrtime.bigint();
    const paused = pauseAtRepair(scene);
    await plant.operator.call('/consistency/checks', { method: 'POST', body: { repair: true } });
    await scene.untilTrue('a processor is in mid-repair', () =>
      Promise.resolve(paused.name !== undefined),
    );
    stopInterfering(plant);
    scene.say(`${paused.name} is paused for ${BLOCKED_MS / 1_000} s`);
    await scene.last(BLOCKED_MS);
    if (paused.name) plant.service(paused.name).resume();
    await scene.until('the counters are right', async () =>
      (await checkCounters(plant.truth)).map(({ what }) => what),
    );
    scene.record('until the counters are right', elapsedMs(askedNs));
    const repaired = await plant.truth.patient.events(eventId, ['finding.repaired']);
    const servers = repaired.map(({ serverId }) => serverId);
    scene.claim(new Set(servers).size === servers.length, `a repair was done twice: ${servers}`);
    scene.claim(servers.length > 0, 'no repair was recorded');
    scene.figure('repairs that were recorded', repaired.length);
    await scene.settle();
  },
};

/** Pauses the first checker that begins a transaction of a repair, before it goes on. */
function pauseAtRepair({ plant }: Scene): { name: ServiceName | undefined } {
  const paused: { name: ServiceName | undefined } = { name: undefined };
  plant.statements.watch({
    isCutBefore: (service, { text }) => {
      const checker = CHECKERS.find((name) => name === service);
      if (paused.name !== undefined || !checker || !/insert into instance_counters/.test(text)) {
        return false;
      }
      paused.name = checker;
      plant.service(checker).pause();
      return false;
    },
  });
  return paused;
}
