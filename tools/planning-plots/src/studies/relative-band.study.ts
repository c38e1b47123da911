import { defaultPlannerSettings } from '@weir/planner';
import type { Finding, Study } from '../study';
import { getRun, manyStreams, runSettings, toSeries } from './drifting.study';
import type { SettingRun } from './drifting.study';
import { toExcess, toPercent, toSaving } from './number.words';

const VALUES = [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4];
const STANDARD = defaultPlannerSettings.relativeBand;
const NARROW = 0.05;

/** What does a wider band cost in balance, and what does it save in moves? */
export const relativeBandStudy: Study = {
  name: 'relative-band',
  run: () => {
    const runs = runSettings(manyStreams, VALUES, (relativeBand) => ({ relativeBand }));
    return describe(runs, getRun(runs, STANDARD), getRun(runs, NARROW));
  },
};

function describe(runs: readonly SettingRun[], standard: SettingRun, narrow: SettingRun): Finding {
  const saving = toSaving(narrow.movesPerHour, standard.movesPerHour);
  const excess = toExcess(standard.meanImbalance);
  const narrowExcess = toExcess(narrow.meanImbalance);
  return {
    view: {
      title: `A band of ${toPercent(STANDARD)} saves ${saving} of the moves of one of ${toPercent(NARROW)}; the hottest instance is then ${excess} above the mean, not ${narrowExcess}`,
      note: 'Means of 4 simulated days: 20 instances, 400 streams whose weights differ fivefold and wander, 60 % utilised, one plan a minute. Absolute band 2 points, cooldown 1 minute.',
      x: {
        kind: 'linear',
        label: 'balanceRelativeBand, in % of the mean',
        ticks: [0, 0.1, 0.2, 0.3, 0.4],
        format: toPercent,
        standard: STANDARD,
      },
      panels: [
        {
          y: { label: 'peak / mean (1 is even)', from: 1, format: (it) => it.toFixed(2) },
          series: [
            toSeries('average over time', runs, 'meanImbalance'),
            toSeries('exceeded 1 % of the time', runs, 'worstImbalance'),
          ],
        },
        {
          y: { label: 'moves per hour in the fleet', from: 0, format: String },
          series: [toSeries('moves', runs, 'movesPerHour')],
        },
      ],
    },
    sentences: [
      `With the default band of ${toPercent(STANDARD)} the hottest instance of this fleet is ${excess} above the mean on average, for ${standard.movesPerHour.toFixed(1)} moves an hour.`,
      `A band of ${toPercent(NARROW)} brings that to ${narrowExcess}, for ${narrow.movesPerHour.toFixed(1)} moves an hour.`,
    ],
    table: [
      ['relative band', 'peak / mean, average', 'exceeded 1 % of the time', 'moves per hour'],
      ...runs.map((run) => [
        toPercent(run.value),
        run.meanImbalance.toFixed(3),
        run.worstImbalance.toFixed(3),
        run.movesPerHour.toFixed(1),
      ]),
    ],
  };
}
