import { cooldownStudy } from './studies/cooldown.study';
import { headroomStudy } from './studies/headroom.study';
import { moveBudgetStudy } from './studies/move-budget.study';
import { moveCostStudy } from './studies/move-cost.study';
import { relativeBandStudy } from './studies/relative-band.study';
import type { Study } from './study';

/** In the order of the document. */
export const studies: readonly Study[] = [
  relativeBandStudy,
  cooldownStudy,
  moveCostStudy,
  moveBudgetStudy,
  headroomStudy,
];
