import type { SeededRandom, SeenStatement } from '@weir/testing';

/** Where a connection can be cut: before a statement is sent, or before its answer is heard. */
export type CutMoment = 'unsent' | 'unanswered';

/** One place in what a kind of service says to PostgreSQL. */
export interface CutPoint {
  readonly application: string;
  readonly moment: CutMoment;
  /** What kind of operation: the statement, and for BEGIN and COMMIT what is around them. */
  readonly operation: string;
}

const TEXT_LENGTH = 90;
/** What was said so recently is likely to be said again soon. In ms. */
const RECENT_MS = 5_000;

/**
 * Chooses where to cut, so that every place that was ever seen gets its turn: what was cut least
 * often comes first.
 */
export class CutCoverage {
  /** How often each place had its turn; one that did not come up again counts by half. */
  private readonly turns = new Map<string, number>();
  private readonly cut = new Set<string>();
  private readonly points = new Map<string, CutPoint>();
  private readonly seenAtMs = new Map<string, number>();
  private wanted: string | undefined;

  constructor(
    private readonly random: SeededRandom,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** Different places at which something was cut. */
  get cutCount(): number {
    return this.cut.size;
  }

  /** Different places that were seen. */
  get seenCount(): number {
    return this.points.size;
  }

  /** Different kinds of operation that were cut somewhere. */
  get operationCount(): number {
    const cut = [...this.points].filter(([key]) => this.cut.has(key));
    return new Set(cut.map(([, { application, operation }]) => `${application} ${operation}`)).size;
  }

  /** The next place to cut: of those that were cut least often, one that was seen just now. */
  choose(): CutPoint | undefined {
    const recent = [...this.turns].filter(([key]) => this.isRecent(key));
    const among = recent.length > 0 ? recent : [...this.turns];
    const least = Math.min(...among.map(([, count]) => count));
    const candidates = among.filter(([, count]) => count === least).map(([key]) => key);
    this.wanted = candidates.length === 0 ? undefined : this.random.pick(candidates);
    return this.wanted === undefined ? undefined : this.points.get(this.wanted);
  }

  private isRecent(key: string): boolean {
    return this.clock() - (this.seenAtMs.get(key) ?? 0) <= RECENT_MS;
  }

  /** Notes a place, and says whether it is the chosen one; that then counts as cut. */
  isChosen(point: CutPoint): boolean {
    const key = `${point.application} ${point.moment} ${point.operation}`;
    if (!this.points.has(key)) {
      this.points.set(key, point);
      this.turns.set(key, 0);
    }
    this.seenAtMs.set(key, this.clock());
    if (key !== this.wanted) return false;
    this.turns.set(key, (this.turns.get(key) ?? 0) + 1);
    this.cut.add(key);
    this.wanted = undefined;
    return true;
  }

  /** It did not come up again: it waits for its next turn. */
  giveUp(): void {
    if (this.wanted === undefined) return;
    this.turns.set(this.wanted, (this.turns.get(this.wanted) ?? 0) + 0.5);
    this.wanted = undefined;
  }
}

/** BEGIN and COMMIT are what they enclose; everything else is itself. */
export function operationOf({ text, transaction }: SeenStatement): string {
  const inner = transaction.findLast((before) => !/^begin/i.test(before));
  const shown = (statement: string): string => statement.slice(0, TEXT_LENGTH);
  if (/^(commit|rollback)$/i.test(text)) return `${text} after ${shown(inner ?? 'nothing')}`;
  return shown(text);
}
