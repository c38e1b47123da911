import type { Plant } from '../plant/plant';
import { checkAuthority } from './authority.check';
import { authorityOf } from './authority.intervals';
import { checkCheckpoints } from './checkpoint.check';
import { checkConsistency } from './consistency.check';
import { checkCapacity, checkCounters, checkTransient } from './database.checks';
import { EffectCheck } from './effect.check';
import type { EffectFigures } from './effect.check';
import type { Violation } from './violation';

export interface PlantVerdict {
  readonly violations: readonly Violation[];
  readonly effects: EffectFigures;
}

/** Everything that must hold of a plant that has settled, from journals, sink and database. */
export async function checkPlant(plant: Plant): Promise<PlantVerdict> {
  const history = await checkHistory(plant);
  const { operator, options, workload } = plant;
  const truth = plant.truth.patient;
  const transientMaxMs = (options.settings.moveStepTimeoutMs ?? 30_000) + options.leaseTtlMs;
  const state = await Promise.all([
    checkCapacity(truth),
    checkCounters(truth),
    checkTransient(truth, transientMaxMs),
    checkConsistency(operator),
    workload.check(truth),
  ]);
  return { ...history, violations: [...history.violations, ...state.flat()] };
}

/** What must hold at any time, settled or not: from journals and sink only. */
export async function checkHistory(plant: Plant): Promise<PlantVerdict> {
  const nowNs = process.hrtime.bigint();
  const journals = plant.instances.flatMap((instance) => instance.journals());
  const authority = journals.flatMap((journal) => authorityOf(journal, nowNs));
  const effects = new EffectCheck(authority);
  for await (const entry of plant.sink.entries()) {
    if (BigInt(entry.sentNs) <= nowNs) effects.take(entry);
  }
  const violations = [
    ...checkAuthority(authority),
    ...effects.violations(),
    ...checkCheckpoints(journals),
  ];
  return { violations, effects: effects.figures };
}
