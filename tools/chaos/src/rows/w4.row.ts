import { computeStopMarginMs } from '@weir/domain';
import { pickBusyInstance } from '../faults/busy.instance';
import { findLastDeadlineNs } from '../faults/self.fencing';
import type { Row } from '../run/row';

const TOLERANCE_MS = 100;

/** The event loop of an instance is blocked: only the thread of its watchdog can notice. */
export const w4Row: Row = {
  id: 'W4',
  fault: 'event loop of an instance blocked for 1 s and beyond its lease',
  expected: 'no effect after the deadline; the watchdog ends the process within its stop margin',
  repetitions: 2,
  run: async (scene) => {
    const { leaseTtlMs } = scene;
    const first = await pickBusyInstance(scene);
    scene.say(`${first.instance.name} is blocked for 1 s`);
    first.instance.block(1_000);
    await scene.last(1_200);
    await scene.settle();
    const { instance } = await pickBusyInstance(scene);
    const processes = instance.processCount;
    scene.say(`${instance.name} is blocked beyond its lease`);
    instance.block(leaseTtlMs * 3);
    await scene.untilTrue('the watchdog ends it', () =>
      Promise.resolve(instance.journals()[processes - 1]?.endedNs !== undefined),
    );
    const journal = instance.journals()[processes - 1];
    const endedNs = journal?.endedNs ?? process.hrtime.bigint();
    const deadlineNs = journal && findLastDeadlineNs(journal);
    if (deadlineNs !== undefined) {
      const targetMs = computeStopMarginMs(leaseTtlMs) + TOLERANCE_MS;
      scene.record('it ends, from its deadline', Number(endedNs - deadlineNs) / 1e6, targetMs);
    }
    await scene.recover('every stream runs', endedNs, leaseTtlMs + 5_000);
  },
};
