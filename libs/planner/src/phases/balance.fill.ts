import { flagAt, indexAt, valueAt } from '../columns/column.access';
import { isAllowedByLabels } from '../columns/label.classes';
import type { BalanceLevel } from '../state/balance.level';
import type { PlanRun } from '../state/plan.run';
import type { Shift } from './balance.eligibility';
import {
  FULL_ENOUGH,
  applyShift,
  costOf,
  findWorthwhile,
  isCold,
  isHot,
  isJoin,
  isMovable,
  mayBeginMoves,
  mayGo,
} from './balance.eligibility';
import { DonationList } from './balance.donations';

/** Not all that is large fits, or may go: so much more than needed is looked at ... */
const WANTED_TIMES_NEEDED = 2;
/** ... and so much more again when that did not suffice. */
const MORE_EACH_TIME = 16;

/** Streams that do not fit one instance, after which no more are tried. */
const UNFIT_MAX = 64;
/** Streams that the next one is chosen from. */
const LOOKS_MAX = 128;

/**
 * Gives new instances their share, the mean, with the fewest moves: the largest streams that fit,
 * first from hot instances, which have to give anyway. New is what is joining, or
 * holds less than half of its share. Returns how many streams got another home.
 */
export function fillNewcomers(run: PlanRun, level: BalanceLevel): number {
  return fillAll(run, level, (instance) => isNewcomer(run, instance, level));
}

/** Gives instances that hold nothing their share. */
export function fillEmpty(run: PlanRun, level: BalanceLevel): number {
  return fillAll(run, level, (instance) => indexAt(run.state.streamCount, instance) === 0);
}

/** Brings old instances that have cooled back to the edge of the band, no further. */
export function fillCold(run: PlanRun, level: BalanceLevel): number {
  return fillAll(run, level, (instance) => !isNewcomer(run, instance, level));
}

function fillAll(
  run: PlanRun,
  level: BalanceLevel,
  isMeant: (instance: number) => boolean,
): number {
  const kinds = new Map<number, number[]>();
  for (const instance of listCold(run, level).filter(isMeant)) {
    const kind = indexAt(run.columns.labels.kindOf, instance);
    kinds.set(kind, [...(kinds.get(kind) ?? []), instance]);
  }
  let shifts = 0;
  for (const cold of kinds.values()) shifts += fillKind(run, cold, level);
  return shifts;
}

/** @param cold instances that the same streams may go to. */
function fillKind(run: PlanRun, cold: readonly number[], level: BalanceLevel): number {
  const least = valueAt(run.columns.demandRange.least, 0) / shareOf(run, cold[0] ?? 0);
  const fillings = cold
    .map((instance) => toFilling(run, { instance, reference: cold[0] }, level))
    .filter((filling) => !isFull(run, filling, least));
  let shifts = 0;
  for (let amount = WANTED_TIMES_NEEDED; run.hasEffortLeft(); amount *= MORE_EACH_TIME) {
    const needed = fillings.reduce((sum, { goal, instance, scale }) => {
      return sum + Math.max(0, goal - run.utilisation(instance)) * scale;
    }, 0);
    if (needed === 0) return shifts;
    const list = listDonations(run, { reference: cold[0] ?? -1, wanted: amount * needed, level });
    for (const filling of fillings) {
      shifts += fill(run, filling, list);
      // Where streams are large, one must fall below the band so that the newcomer rises to it.
      const isShort = filling.isNew && run.utilisation(filling.instance) < level.coldBelow;
      if (isShort) shifts += fill(run, { ...filling, mayChill: true }, list);
    }
    if (!list.isCut || fillings.every((it) => isFull(run, it, list.smallest))) return shifts;
  }
  return shifts;
}

function isFull(run: PlanRun, filling: Filling, smallest: number): boolean {
  if (run.utilisation(filling.instance) >= filling.goal) return true;
  return sizeMax(run, filling) < smallest;
}

function toFilling(
  run: PlanRun,
  { instance, reference = instance }: { instance: number; reference: number | undefined },
  level: BalanceLevel,
): Filling {
  const isNew = isNewcomer(run, instance, level);
  return {
    instance,
    level,
    isNew,
    goal: isNew ? level.mean * FULL_ENOUGH : level.coldBelow,
    scale: shareOf(run, instance) / shareOf(run, reference),
    mayChill: false,
  };
}

function shareOf({ columns }: PlanRun, instance: number): number {
  return valueAt(columns.instances.share, instance * columns.dimensionCount);
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

function isNewcomer(run: PlanRun, instance: number, level: BalanceLevel): boolean {
  if (flagAt(run.isJoining, instance) === 1) return true;
  return run.utilisation(instance) < level.mean / 2;
}

/**
 * Streams of the donors of one kind of instance, by how gladly they are taken. Whether each may
 * move is asked when its turn comes: few of them are ever asked.
 */
function listDonations(run: PlanRun, { reference, wanted, level }: Wanted): DonationList {
  const { streams, labels } = run.columns;
  const donors = flagDonors(run, level);
  const onlyFree = !mayBeginMoves(run);
  const { demandRange, dimensionCount } = run.columns;
  const { homeOf } = run.state;
  const share = shareOf(run, reference);
  const isSimple = dimensionCount === 1;
  const largest = isSimple ? valueAt(demandRange.largest, 0) / share : 1;
  const list = new DonationList(
    onlyFree ? run.decisions.order.length : streams.count,
    largest,
    onlyFree,
  );
  for (let stream = 0; stream < streams.count; stream++) {
    const home = indexAt(homeOf, stream);
    if (home < 0 || flagAt(donors, home) === 0) continue;
    if (onlyFree && !run.decisions.has(stream)) continue;
    if (!isAllowedByLabels(labels, indexAt(streams.classOf, stream), reference)) continue;
    const size = isSimple
      ? valueAt(streams.demand, stream) / share
      : run.state.utilisationOf(stream, reference);
    list.add(stream, size, flagAt(donors, home) === HOT);
  }
  list.sort(wanted);
  // Passing over a stream is a tenth of weighing it.
  run.search.evaluated += list.size + Math.floor(streams.count / 10);
  return list;
}

interface Wanted {
  readonly reference: number;
  /** Utilisation of the reference. */
  readonly wanted: number;
  readonly level: BalanceLevel;
}

const WARM = 1;
const HOT = 2;

/** Whoever is above the mean may give. */
function flagDonors(run: PlanRun, level: BalanceLevel): Uint8Array {
  const donors = new Uint8Array(run.columns.instances.count);
  for (const instance of level.members) {
    if (run.utilisation(instance) <= level.mean) continue;
    donors[instance] = isHot(run, instance, level) ? HOT : WARM;
  }
  return donors;
}

interface Filling {
  readonly instance: number;
  readonly level: BalanceLevel;
  readonly isNew: boolean;
  /** May a donor become cold by giving? */
  readonly mayChill: boolean;
  /** Utilisation at which it is full enough. */
  readonly goal: number;
  /** How much larger it is than the instance that sizes in the list are measured by. */
  readonly scale: number;
}

/** Takes one after the other until the goal is reached, or nothing is left that fits. */
function fill(run: PlanRun, filling: Filling, list: DonationList): number {
  const { instance } = filling;
  const reason = isJoin(run, instance) ? 'join' : 'balance';
  const unfit = new Set<number>();
  let shifts = 0;
  while (run.utilisation(instance) < filling.goal && unfit.size < UNFIT_MAX) {
    // What is left may not move any more; a list of those that move anyway comes next.
    if (!list.isOnlyFree && !(mayBeginMoves(run) && run.budget.hasForInstance(instance))) break;
    const place = choose(run, filling, { list, unfit });
    if (place < 0) break;
    run.search.evaluated += 1;
    const verdict = judge(run, list.streamAt(place), filling);
    if (verdict === 'unfit') unfit.add(place);
    else list.drop(place);
    if (typeof verdict === 'object') {
      applyShift(run, verdict, reason);
      shifts += 1;
    }
  }
  return shifts;
}

/**
 * The fewest that reach the goal are the largest; but several may be taken one for another without
 * any more being needed: of those the one whose donor is hottest goes first, so that filling one
 * instance also evens out the others. -1 if there is none.
 */
function choose(
  run: PlanRun,
  filling: Filling,
  { list, unfit }: { readonly list: DonationList; readonly unfit: ReadonlySet<number> },
): number {
  const most = sizeMax(run, filling);
  let need = (filling.goal - run.utilisation(filling.instance)) * filling.scale;
  let smallest = Number.POSITIVE_INFINITY;
  let best = -1;
  let looks = 0;
  for (let place = list.from(0, most); place >= 0; place = list.from(place + 1, most)) {
    if (unfit.has(place)) continue;
    // Those of hot donors stand in front, and are taken before any other.
    if (best >= 0 && list.isHot(best) !== list.isHot(place)) break;
    const size = list.sizeAt(place);
    // Once the largest suffice, what is smaller than the last of them by no more than they are too
    // much may stand in for it.
    if (need <= 0 && size < smallest + need) break;
    if (best < 0 || donorOf(run, list, place) > donorOf(run, list, best)) best = place;
    if (need > 0) {
      need -= size;
      smallest = size;
    }
    looks += 1;
    if (looks >= LOOKS_MAX) break;
  }
  return best;
}

/** Utilisation of the stream's present home. */
function donorOf(run: PlanRun, list: DonationList, place: number): number {
  return run.utilisation(run.homeOf(list.streamAt(place)));
}

/** What still fits below the mean; with several resources only trying tells. */
function sizeMax(run: PlanRun, { instance, level, scale }: Filling): number {
  if (run.columns.dimensionCount > 1) return Number.POSITIVE_INFINITY;
  return (level.mean - run.utilisation(instance)) * scale * (1 + 1e-6);
}

/**
 * The shift, or why there is none. unfit: not for this instance. spent: its donor has given what it
 * can, for nobody.
 */
function judge(run: PlanRun, stream: number, filling: Filling): Shift | 'unfit' | 'spent' {
  const { instance, level } = filling;
  const donor = run.homeOf(stream);
  if (run.utilisation(donor) <= level.mean) return 'spent';
  if (!isMovable(run, stream, mayBeginMoves(run) && run.budget.hasForInstance(donor)))
    return 'spent';
  const warmed = run.state.utilisationWith(stream, instance, 1);
  if (warmed > level.mean * (1 + 1e-9)) return 'unfit';
  if (!filling.mayChill && run.state.utilisationWith(stream, donor, -1) < level.coldBelow) {
    return 'unfit';
  }
  const policy = { mayHaveFailed: false, excluded: donor, keepsZones: true };
  if (!run.search.isOpen(stream, instance, policy)) return 'unfit';
  if (!run.search.keepsGroupEven(stream, instance)) return 'unfit';
  const shift = filling.isNew
    ? findJoin(run, stream, { instance, warmed })
    : findWorthwhile(run, stream, instance);
  return shift ?? 'unfit';
}

/** What a new instance gains is the part of its share that it did not have. */
function findJoin(
  run: PlanRun,
  stream: number,
  { instance, warmed }: { readonly instance: number; readonly warmed: number },
): Shift | undefined {
  if (!mayGo(run, stream, instance)) return undefined;
  const gain = warmed - run.utilisation(instance);
  const cost = costOf(run, stream);
  return gain > cost ? { stream, to: instance, gain, cost } : undefined;
}
