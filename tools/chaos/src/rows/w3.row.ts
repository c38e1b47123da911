import { pickBusyInstance } from '../faults/busy.instance';
import { findLeaseLossNs } from '../faults/self.fencing';
import type { Row } from '../run/row';

/** From being resumed to having noticed. In ms. */
const NOTICE_TARGET_MS = 50;

/** An instance is paused and resumed in the middle of everything: a zombie. */
export const w3Row: Row = {
  id: 'W3',
  fault: 'SIGSTOP of an instance for 1 s and beyond its lease, then SIGCONT',
  expected: 'no stale effect is accepted; it notices within 50 ms that its lease is over',
  repetitions: 2,
  run: async (scene) => {
    const { leaseTtlMs, isFull } = scene;
    const pausesMs = [1_000, leaseTtlMs + 3_000, ...(isFull ? [20_000, 60_000] : [])];
    for (const pauseMs of pausesMs) {
      const { instance } = await pickBusyInstance(scene);
      scene.say(`SIGSTOP of ${instance.name} for ${pauseMs} ms`);
      instance.pause();
      await scene.last(pauseMs);
      instance.resume();
      const resumedNs = process.hrtime.bigint();
      await scene.recover(`${pauseMs / 1_000} s, from SIGCONT`, resumedNs, leaseTtlMs + 5_000);
      const noticedNs = findLeaseLossNs(instance, resumedNs);
      if (pauseMs <= leaseTtlMs || noticedNs === undefined) continue;
      scene.record('it notices', Number(noticedNs - resumedNs) / 1e6, NOTICE_TARGET_MS);
    }
  },
};
