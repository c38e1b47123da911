import type { FleetSettings } from './fleet';
import { spreadOf } from './stream-failure';

/** An incarnation that ended without saying goodbye, and what may have ended it. */
export interface InstanceLoss {
  readonly lossId: number;
  readonly serverId: string;
  readonly incarnation: number;
  /** Its last sign of life, in ms since 1970 by the database's clock. */
  readonly atMs: number;
  /** Nobody has drawn conclusions from it yet. */
  readonly isNew: boolean;
  /**
   * Streams that it had got not long before (`isolateRecentMs`) -> for how long it had them, in ms;
   * 0: it gave no sign of life after it got them, nor said that they run, nor came back at once.
   * Those that neither had a part in `isolateAfterLosses` losses nor are held back may be left out.
   */
  readonly suspects: ReadonlyMap<string, number>;
  /** How many there were, those left out included. */
  readonly suspectCount: number;
}

/** What is known of a fleet when an instance was lost. */
export interface IsolationPicture {
  /** Of the last `isolateWindowMs`, in any order. */
  readonly losses: readonly InstanceLoss[];
  /** Streams that are wanted. */
  readonly streams: number;
  /** Instances that are there, those lost in the window included. */
  readonly instances: number;
  /** Streams that are isolated, with what is left to them: true while nothing is proven. */
  readonly isolated: ReadonlyMap<string, { readonly isSuspect: boolean }>;
  readonly onProbation: ReadonlySet<string>;
}

export type IsolationSettings = Pick<
  FleetSettings,
  | 'isolateAfterLosses'
  | 'isolatePercentMax'
  | 'isolateRecentMs'
  | 'leaseTtlMs'
  | 'massLossMin'
  | 'massLossPercent'
>;

/** One loss that speaks against a stream. */
export interface LossEvidence {
  readonly serverId: string;
  readonly incarnation: number;
  readonly atMs: number;
  /** How long that instance had had the stream, in ms. */
  readonly afterMs: number;
}

/** Why a stream is isolated. */
export interface Suspicion {
  readonly streamId: string;
  readonly losses: readonly LossEvidence[];
  /** How many innocent streams would have been held in all of these losses by chance alone. */
  readonly expectedInnocents: number;
  /** Nothing else explains these losses, and no chance does: it needs no probation. */
  readonly isProven: boolean;
}

export interface IsolationDecision {
  /** Held back from now on, the most suspicious first. */
  readonly isolate: readonly Suspicion[];
  /** On probation when its instance died: it stays isolated until an operator says otherwise. */
  readonly convict: readonly Suspicion[];
  /** Were on probation together when their instance died: each is to be tried alone. */
  readonly recall: readonly string[];
  /**
   * Isolated for losses that something else explains: an instance died without them, or one stream
   * was convicted. They may run again.
   */
  readonly exonerate: readonly string[];
  /** Suspects beyond what may be isolated (`isolatePercentMax`). */
  readonly spared: number;
}

const NOTHING: IsolationDecision = {
  isolate: [],
  convict: [],
  recall: [],
  exonerate: [],
  spared: 0,
};

/** Losses must come from this many instances: one alone is as suspect as the stream. */
const SERVERS_MIN = 2;
/** One suspect alone needs no probation when fewer innocents than this would look like it. */
const INNOCENTS_MAX = 0.01;

/**
 * Finds the streams whose instances keep dying. A stream is suspect when `isolateAfterLosses`
 * incarnations, of two instances at least, died soon after they got it. Innocent streams travel
 * with the one that kills, the more so the fewer instances there are; what travelled together all
 * the way is isolated together, and probation (decideProbation) sorts it out.
 *
 * 1. A loss that is part of a mass loss, which the stream does not explain, speaks against nobody.
 *    Nor does one of an instance that gave no sign of life with the stream, unless none ever did.
 * 2. Streams that explain the most losses are suspects; the losses that they explain are taken out,
 *    and what is left is looked at in the same way: there may be a second one that kills.
 * 3. No more than `isolatePercentMax` of the fleet's streams are isolated at once.
 * 4. A stream on probation whose instance died again is convicted, and everything that was isolated
 *    for losses that it explains is not suspect any more.
 */
export function decideIsolation(
  picture: IsolationPicture,
  settings: IsolationSettings,
): IsolationDecision {
  const news = picture.losses.filter((loss) => loss.isNew);
  if (news.length === 0 || settings.isolatePercentMax === 0) return NOTHING;
  const { convict, recall } = judgeProbation(picture, news, settings);
  const convicted = new Set(convict.map(({ streamId }) => streamId));
  const suspicions = findSuspicions(picture, settings).filter(
    ({ streamId }) => !convicted.has(streamId) && !isHeld(picture, streamId),
  );
  const exonerate = findExonerated(picture, { convict, suspicions, news, settings });
  const heldCount = picture.isolated.size + picture.onProbation.size - exonerate.length;
  const room = Math.max(0, computeIsolatedMax(picture.streams, settings) - heldCount);
  const isolate = suspicions.slice(0, room);
  return { isolate, convict, recall, exonerate, spared: suspicions.length - isolate.length };
}

/** Streams of a fleet that may be isolated or on probation at once: one at least. */
export function computeIsolatedMax(
  streams: number,
  { isolatePercentMax }: Pick<IsolationSettings, 'isolatePercentMax'>,
): number {
  if (isolatePercentMax === 0) return 0;
  return Math.max(1, Math.floor((streams * isolatePercentMax) / 100));
}

function isHeld({ isolated, onProbation }: IsolationPicture, streamId: string): boolean {
  return isolated.has(streamId) || onProbation.has(streamId);
}

/** Convicted is who was the only one on probation there, unless more is going on. */
function judgeProbation(
  picture: IsolationPicture,
  news: readonly InstanceLoss[],
  settings: IsolationSettings,
): Pick<IsolationDecision, 'convict' | 'recall'> {
  const convict: Suspicion[] = [];
  const recall: string[] = [];
  for (const loss of news) {
    const tried = [...loss.suspects.keys()].filter((id) => picture.onProbation.has(id));
    const [only] = tried;
    const isClear = only !== undefined && tried.length === 1;
    if (isClear && !isMassLoss(loss, only, { picture, settings })) {
      convict.push({ ...describe(picture, only, lossesOf(picture, only)), isProven: true });
    } else {
      recall.push(...tried);
    }
  }
  return { convict, recall };
}

function lossesOf({ losses }: IsolationPicture, streamId: string): InstanceLoss[] {
  return losses.filter((loss) => loss.suspects.has(streamId));
}

/** Suspects, those that explain the most losses first; equals in an order of no meaning. */
function findSuspicions(picture: IsolationPicture, settings: IsolationSettings): Suspicion[] {
  const found: Suspicion[] = [];
  let open = picture.losses;
  for (;;) {
    const counted = countLosses(open, picture, settings);
    const most = Math.max(0, ...counted.map(({ losses }) => losses.length));
    if (most < settings.isolateAfterLosses) return found;
    const worst = counted.filter(({ losses }) => losses.length === most);
    const ordered = worst.toSorted(
      (a, b) => spreadOf(a.streamId, most) - spreadOf(b.streamId, most),
    );
    const described = ordered.map(({ streamId, losses }) => describe(picture, streamId, losses));
    const isAlone = described.length === 1;
    for (const one of described) {
      found.push({ ...one, isProven: isAlone && one.expectedInnocents < INNOCENTS_MAX });
    }
    const explained = new Set(worst.flatMap(({ losses }) => losses));
    open = open.filter((loss) => !explained.has(loss));
  }
}

/** Streams that may be at fault, with the losses that speak against them: the newest among them. */
function countLosses(
  open: readonly InstanceLoss[],
  picture: IsolationPicture,
  settings: IsolationSettings,
): { readonly streamId: string; readonly losses: InstanceLoss[] }[] {
  const byStream = new Map<string, InstanceLoss[]>();
  for (const loss of open) {
    for (const streamId of loss.suspects.keys()) {
      const losses = byStream.get(streamId);
      if (losses) losses.push(loss);
      else byStream.set(streamId, [loss]);
    }
  }
  return [...byStream]
    .filter(([, losses]) => losses.length >= settings.isolateAfterLosses)
    .map(([streamId, losses]) => ({
      streamId,
      losses: losses.filter((loss) => !isMassLoss(loss, streamId, { picture, settings })),
    }))
    .filter(({ streamId, losses }) => isPattern(streamId, losses, settings))
    .filter(
      ({ losses }) =>
        losses.some((loss) => loss.isNew) &&
        new Set(losses.map((loss) => loss.serverId)).size >= SERVERS_MIN,
    );
}

/**
 * An instance that gave no sign of life after it was given the stream may have been dead already,
 * as when a second one dies while the streams of the first are placed. A stream that kills does so
 * before any sign of life each time, or seldom.
 */
function isPattern(
  streamId: string,
  losses: readonly InstanceLoss[],
  { isolateAfterLosses }: IsolationSettings,
): boolean {
  const alive = losses.filter((loss) => (loss.suspects.get(streamId) ?? 0) > 0).length;
  return alive === 0 || alive >= isolateAfterLosses;
}

/**
 * Whether so many instances were lost within a lease of this one, without having had the stream,
 * that something else is at work: the fleet's own rule of mass losses decides how many.
 */
function isMassLoss(
  loss: InstanceLoss,
  streamId: string,
  context: { readonly picture: IsolationPicture; readonly settings: IsolationSettings },
): boolean {
  const { picture, settings } = context;
  const unexplained = new Set([loss.serverId]);
  for (const other of picture.losses) {
    if (Math.abs(other.atMs - loss.atMs) > settings.leaseTtlMs) continue;
    if (!other.suspects.has(streamId)) unexplained.add(other.serverId);
  }
  const { size } = unexplained;
  return size >= settings.massLossMin && size * 100 > picture.instances * settings.massLossPercent;
}

function describe(
  picture: IsolationPicture,
  streamId: string,
  losses: readonly InstanceLoss[],
): Suspicion {
  const share = losses.reduce(
    (product, loss) => product * Math.min(1, loss.suspectCount / Math.max(1, picture.streams)),
    1,
  );
  return {
    streamId,
    losses: losses.map((loss) => ({
      serverId: loss.serverId,
      incarnation: loss.incarnation,
      atMs: loss.atMs,
      afterMs: loss.suspects.get(streamId) ?? 0,
    })),
    expectedInnocents: picture.streams * share,
    isProven: false,
  };
}

/**
 * Isolated streams that are not suspect any more: a convicted one explains everything that speaks
 * against them, or an instance died of the same cause, by what speaks against the others, while
 * they were isolated.
 */
function findExonerated(
  picture: IsolationPicture,
  found: {
    readonly convict: readonly Suspicion[];
    readonly suspicions: readonly Suspicion[];
    readonly news: readonly InstanceLoss[];
    readonly settings: IsolationSettings;
  },
): string[] {
  const keyOf = ({ serverId, incarnation }: LossEvidence): string => `${serverId}/${incarnation}`;
  const explained = new Set([
    ...found.convict.flatMap(({ losses }) => losses.map(keyOf)),
    ...found.suspicions.flatMap(({ losses }) => losses.map(keyOf)),
  ]);
  if (explained.size === 0) return [];
  return [...picture.isolated].flatMap(([streamId, { isSuspect }]) => {
    if (!isSuspect) return [];
    const losses = lossesOf(picture, streamId);
    return losses.every((loss) => explained.has(keyOf({ ...loss, afterMs: 0 }))) ? [streamId] : [];
  });
}
