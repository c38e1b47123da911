/** One thing that happened, told in words. */
export interface TraceLine {
  readonly atMs: number;
  readonly who: string;
  readonly what: string;
}

/** What happened in a history, for somebody who wants to understand it. */
export class HistoryTrace {
  readonly lines: TraceLine[] = [];

  constructor(
    readonly isOn: boolean,
    private readonly now: () => number,
  ) {}

  /** @param what called only when somebody wants to know */
  tell(who: string, what: () => string): void {
    if (this.isOn) this.lines.push({ atMs: Math.round(this.now()), who, what: what() });
  }
}

export function formatTrace(lines: readonly TraceLine[]): string {
  const width = Math.max(8, ...lines.map(({ who }) => who.length));
  return lines
    .map(
      ({ atMs, who, what }) =>
        `${(atMs / 1_000).toFixed(3).padStart(9)}  ${who.padEnd(width)}  ${what}`,
    )
    .join('\n');
}
