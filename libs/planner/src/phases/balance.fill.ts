import type { BalanceLevel } from '../state/balance.level';
import type { PlanRun } from '../state/plan.run';
import type { Shift } from './balance.eligibility';
import { isAllowedByLabels } from '../columns/label.classes';
import { indexAt } from '../columns/column.access';
import {
  applyShift,
  findHottest,
  findWorthwhile,
  isCold,
  isOnlyForHomeless,
  listBalanceable,
} from './balance.eligibility';

/**
 * An instance that is this close to the mean is full enough; ever smaller streams for the rest of
 * it are not worth it.
 */
const FULL_ENOUGH = 0.99;

/** Donors in a row that had nothing to give, after which others are not asked. */
const FRUITLESS_DONORS_MAX = 32;

/**
 * Gives every cold instance its share, from the hottest ones. Returns how many streams got another
 * home.
 */
export function fillCold(run: PlanRun, level: BalanceLevel, wasEmpty: ReadonlySet<number>): number {
  const onlyHomeless = isOnlyForHomeless(run);
  const hopelessKinds = new Set<number>();
  let shifts = 0;
  for (const instance of listCold(run, level)) {
    const kind = indexAt(run.columns.labels.kindOf, instance);
    if (hopelessKinds.has(kind) || !run.hasEffortLeft()) continue;
    const reason = wasEmpty.has(instance) ? 'join' : 'balance';
    let own = 0;
    for (const shift of findDonations(run, instance, level, onlyHomeless)) {
      applyShift(run, shift, reason);
      own += 1;
    }
    // The coldest of a kind got nothing: those of the same labels that need it less will not
    // either.
    if (own === 0) hopelessKinds.add(kind);
    shifts += own;
  }
  return shifts;
}

function listCold(run: PlanRun, level: BalanceLevel): number[] {
  const { instances } = run.columns;
  const cold = level.members.filter((instance) => isCold(run, instance, level));
  return cold.sort((left, right) => {
    return (
      run.utilisation(left) - run.utilisation(right) ||
      indexAt(instances.tieRank, left) - indexAt(instances.tieRank, right)
    );
  });
}

/** One donation after the other; each must be applied before the next is asked for. */
function* findDonations(
  run: PlanRun,
  instance: number,
  level: BalanceLevel,
  onlyHomeless: boolean,
): Generator<Shift> {
  const fruitless = new Set<number>();
  const goal = findGoal(run, instance, level);
  while (run.utilisation(instance) < goal) {
    if (fruitless.size >= FRUITLESS_DONORS_MAX || !run.hasEffortLeft()) return;
    const donor = findHottest(run, level, level.mean, fruitless);
    if (donor < 0) return;
    const shift = findDonation(run, { donor, instance }, level, onlyHomeless);
    if (shift === undefined) fruitless.add(donor);
    else yield shift;
  }
}

/**
 * A new instance is filled to the mean, an old one that has cooled only to the edge of the band.
 * What holds less than half of its share is taken for new: a budget may have cut its filling in
 * two.
 */
function findGoal(run: PlanRun, instance: number, level: BalanceLevel): number {
  const isNew = run.utilisation(instance) < level.mean / 2;
  return isNew ? level.mean * FULL_ENOUGH : level.coldBelow;
}

/** The stream of the donor that betters most and does not lift the instance above the mean. */
function findDonation(
  run: PlanRun,
  ends: { readonly donor: number; readonly instance: number },
  level: BalanceLevel,
  onlyHomeless: boolean,
): Shift | undefined {
  const { labels, streams } = run.columns;
  const policy = { mayHaveFailed: false, excluded: ends.donor, keepsZones: true };
  let best: Shift | undefined;
  for (const stream of listBalanceable(run, ends.donor, onlyHomeless)) {
    run.search.evaluated += 1;
    if (!isAllowedByLabels(labels, indexAt(streams.classOf, stream), ends.instance)) continue;
    if (!run.search.isOpen(stream, ends.instance, policy)) continue;
    if (!keepsGroupEven(run, stream, ends.instance)) continue;
    const warmed = run.state.utilisationWith(stream, ends.instance, 1);
    if (warmed > level.mean * (1 + 1e-9)) continue;
    const shift = findWorthwhile(run, stream, ends.instance);
    if (shift && isBetter(shift, best)) best = shift;
  }
  return best;
}

function keepsGroupEven(run: PlanRun, stream: number, to: number): boolean {
  if (indexAt(run.columns.streams.groupOf, stream) < 0) return true;
  const zone = indexAt(run.columns.instances.zoneOf, to);
  return run.search.membersBeside(stream, zone) <= run.search.membersBeside(stream, -1);
}

function isBetter(shift: Shift, than: Shift | undefined): boolean {
  if (than === undefined) return true;
  const difference = shift.gain - shift.cost - (than.gain - than.cost);
  if (difference !== 0) return difference > 0;
  return shift.stream < than.stream;
}
