import { machineDies } from './stories/01-machine-dies.test-support';
import { machineJoins } from './stories/02-machine-joins.test-support';
import { machineDrains } from './stories/03-machine-drains.test-support';
import { zoneIsLost } from './stories/04-zone-is-lost.test-support';
import { largeStream } from './stories/05-large-stream.test-support';
import { hotSpot } from './stories/06-hot-spot.test-support';
import { nearlyFull } from './stories/07-nearly-full.test-support';
import { spreadGroup } from './stories/08-spread-group.test-support';
import { labelStory } from './stories/09-labels.test-support';
import { loadJitters } from './stories/10-load-jitters.test-support';
import { rollingRestart } from './stories/11-rolling-restart.test-support';
import { unequalMachines } from './stories/12-unequal-machines.test-support';
import type { Story } from './story.test-support';

/** In the order of their numbers. */
export const stories: readonly Story[] = [
  machineDies,
  machineJoins,
  machineDrains,
  zoneIsLost,
  largeStream,
  hotSpot,
  nearlyFull,
  spreadGroup,
  labelStory,
  loadJitters,
  rollingRestart,
  unequalMachines,
];
