import type { Bar } from './bar';
import { coldBar } from './cold.bar';
import { constrainedBar } from './constrained.bar';
import { exactBar } from './exact.bar';
import { growthBar } from './growth.bar';
import { jitterBar } from './jitter.bar';
import { membershipBar } from './membership.bar';
import { millionBar } from './million.bar';
import { restartBar } from './restart.bar';
import { roundsBar } from './rounds.bar';

/** All bars of the planner, by number. */
export const BARS: readonly Bar[] = [
  coldBar,
  millionBar,
  constrainedBar,
  membershipBar,
  roundsBar,
  restartBar,
  exactBar,
  jitterBar,
  growthBar,
];
