import type { ProcessJournal } from '../plant/instance.member';
import { firstOf } from './violation';
import type { Violation } from './violation';

interface Start {
  readonly streamId: string;
  readonly epoch: number;
  readonly seq: number;
  readonly writer: string;
}

/** The generation is above the counter in an epoch: it grows when the database is restored. */
const EPOCHS_PER_GENERATION = 2 ** 40;

/**
 * I3: a checkpoint that was handed on is not lost: each owner of a stream begins with one that
 * somebody handed on, and never with an older one than the owner before. A restored database knows
 * nothing of what came after its copy.
 */
export function checkCheckpoints(journals: readonly ProcessJournal[]): Violation[] {
  const handedOn = new Set<string>();
  const starts: Start[] = [];
  for (const { writer, lines } of journals) {
    for (const { kind, streamId = '', epoch = 0, seq = 0 } of lines) {
      if (kind === 'ended') handedOn.add(`${streamId} ${seq}`);
      if (kind === 'begun') starts.push({ streamId, epoch, seq, writer });
    }
  }
  return firstOf([...findInvented(starts, handedOn), ...findFallen(starts)]);
}

function findInvented(starts: readonly Start[], handedOn: ReadonlySet<string>): Violation[] {
  return starts
    .filter(({ streamId, seq }) => seq > 0 && !handedOn.has(`${streamId} ${seq}`))
    .map(({ streamId, epoch, seq, writer }) =>
      violation(`stream ${streamId}: ${writer} begins epoch ${epoch} at ${seq}, from nobody`),
    );
}

function findFallen(starts: readonly Start[]): Violation[] {
  const latest = new Map<string, Start>();
  const inOrder = [...starts].sort((a, b) => a.epoch - b.epoch);
  return inOrder.flatMap((start) => {
    const before = latest.get(start.streamId);
    latest.set(start.streamId, start);
    if (!before || before.epoch === start.epoch || before.seq <= start.seq) return [];
    if (generationOf(before) !== generationOf(start)) return [];
    const { streamId, epoch, seq } = start;
    return violation(
      `stream ${streamId}: epoch ${epoch} begins at ${seq}, epoch ${before.epoch} at ${before.seq}`,
    );
  });
}

function generationOf({ epoch }: Start): number {
  return Math.floor(epoch / EPOCHS_PER_GENERATION);
}

function violation(what: string): Violation {
  return { invariant: 'I3', what };
}
