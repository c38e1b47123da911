/** How often a timed case is run. */
export interface Runs {
  /** Timed runs. */
  readonly runs: number;
  /** Runs before them that are not counted: the compiler of V8 needs to see the code at work. */
  readonly warmUps: number;
}

/** What to time. */
export interface TimedCase<Input, Output> {
  /** Builds the input afresh for each run; not timed. */
  readonly prepare: () => Input;
  readonly run: (input: Input) => Output;
}

export interface TimedResult<Output> {
  /** In the order of the runs, in ms. */
  readonly samplesMs: readonly number[];
  /** What the last run returned. */
  readonly last: Output;
}

/**
 * Times `run`, with a full garbage collection between `prepare` and it, so that no run pays for
 * another one's garbage or for that of building its own input.
 * @throws Error without --expose-gc.
 */
export function timeRuns<Input, Output>(
  { runs, warmUps }: Runs,
  { prepare, run }: TimedCase<Input, Output>,
): TimedResult<Output> {
  const samplesMs: number[] = [];
  let last: Output | undefined;
  for (let at = 0; at < warmUps + runs; at++) {
    last = undefined;
    const input = prepare();
    collectGarbage();
    const startedAt = performance.now();
    last = run(input);
    const ms = performance.now() - startedAt;
    if (at >= warmUps) samplesMs.push(ms);
  }
  return { samplesMs, last: last as Output };
}

/** @throws Error without --expose-gc. */
export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('start this with --expose-gc');
  globalThis.gc();
}
