import type { Plan, Scores, Step, UnplacedStream } from '../../index';
import { stepsOf } from '../story.teller.test-support';
import { toPercent, toPoints, toTable, wrap } from './text.table.test-support';

const REASONS: Readonly<Record<string, string>> = {
  orphaned: 'it had no owner',
  failover: 'its owner is lost',
  drain: 'its owner is being emptied',
  constraint: 'its owner has a label that it avoids, or lacks one that it requires',
  spread: 'another of its spread group is there',
  capacity: 'its owner holds more than its limits',
  makeRoom: 'it makes room for a stream that fits nowhere',
  join: 'an empty instance gets its share',
  balance: 'it evens the load out',
};

const STOPS: Readonly<Record<Plan['stats']['stoppedBy'], string>> = {
  settled: '',
  budget: '; the budget leaves moves for a later plan',
  effort: '; gave up searching',
};

/** The steps as a table, what the reasons mean, and who has no place. */
export function renderPlan(planned: Plan, number: number): string[] {
  const steps = stepsOf(planned);
  const used = new Set(steps.map((step) => step.reason));
  return [
    `plan ${number}: ${countOf(planned)}${STOPS[planned.stats.stoppedBy]}; then ${levelOf(planned.after)}`,
    ...toTable(
      [['#', 'stream', 'from -> to', 'reason', 'gain', 'cost'], ...steps.map(toRow)],
      '  ',
    ),
    ...[...used].map((reason) => `  ${reason}: ${REASONS[reason] ?? reason}`),
    ...renderUnplaced(planned.unplaced),
  ];
}

/** What the plan that changes nothing has to say. */
export function renderSettled(planned: Plan, number: number): string[] {
  return [
    `plan ${number}: nothing to do${STOPS[planned.stats.stoppedBy]}; ${levelOf(planned.after)}`,
    ...renderUnplaced(planned.unplaced),
  ];
}

/** How hot the hottest instance is, and how hot all of them would be if they were alike. */
function levelOf({ peak, mean }: Scores): string {
  return `peak ${toPercent(peak)}, mean ${toPercent(mean)}`;
}

function countOf({ placements, moves, unplaced }: Plan): string {
  const count = (length: number, one: string): string =>
    `${length} ${length === 1 ? one : `${one}s`}`;
  return `${count(placements.length, 'placement')}, ${count(moves.length, 'move')}, ${unplaced.length} unplaced`;
}

function toRow(step: Step, at: number): string[] {
  const { streamId, from = '(none)', to, reason, gain, cost } = step;
  // A step that mends restores a promise: its gain is 1, which is no share of anything.
  const isMending = gain === 1;
  return [
    String(at + 1),
    streamId,
    `${from} -> ${to}`,
    reason,
    isMending ? 'mends' : toPoints(gain),
    toPoints(cost),
  ];
}

function renderUnplaced(unplaced: readonly UnplacedStream[]): string[] {
  return unplaced.flatMap(({ streamId, reasons }) => {
    const words = Object.entries(reasons).map(
      ([reason, count]) => `${count} ${count === 1 ? 'instance' : 'instances'}: ${reason}`,
    );
    return wrap(`${streamId} stays without a place. ${words.join('; ')}`, '  ');
  });
}
