/** How one question to a stream's owner ended. `atMs` on the monotonic clock, when it was asked. */
export interface ProbeOutcome {
  readonly streamId: string;
  readonly atMs: number;
  /** The instance that the client knew as the owner answered that it runs the stream. */
  readonly isFirstRight: boolean;
  /** The same, after looking the owner up once more when the first answer was wrong. */
  readonly isSecondRight: boolean;
}

export interface ProbeFigures {
  readonly asked: number;
  readonly failedFirst: number;
  readonly failedTwice: number;
  /** Per stream: from a question that failed twice until the next one that did not, in ms. */
  readonly failuresMs: readonly number[];
  /** Streams whose last question failed twice: they have no end to count until. */
  readonly stillFailing: readonly string[];
}

/** Counts what a client was answered, in the order in which it asked. */
export function tallyProbes(outcomes: readonly ProbeOutcome[]): ProbeFigures {
  const inOrder = [...outcomes].sort((one, other) => one.atMs - other.atMs);
  const failingSince = new Map<string, number>();
  const failuresMs: number[] = [];
  for (const outcome of inOrder) {
    const { streamId, atMs } = outcome;
    const since = failingSince.get(streamId);
    if (hasFailedTwice(outcome)) failingSince.set(streamId, since ?? atMs);
    else if (since !== undefined) {
      failingSince.delete(streamId);
      failuresMs.push(atMs - since);
    }
  }
  return {
    asked: outcomes.length,
    failedFirst: outcomes.filter(({ isFirstRight }) => !isFirstRight).length,
    failedTwice: outcomes.filter(hasFailedTwice).length,
    failuresMs,
    stillFailing: [...failingSince.keys()],
  };
}

function hasFailedTwice({ isFirstRight, isSecondRight }: ProbeOutcome): boolean {
  return !isFirstRight && !isSecondRight;
}
