import type { Runs } from '../measure/timed.runs';
import type { runPart } from '../parts/part.runner';

/** What one figure is measured in; '' for a plain ratio or count. */
export type Unit = '' | 'ms' | 'MB' | '%';

/** One figure and what it is held against. Without a limit it is told and judges nothing. */
export interface Check {
  readonly name: string;
  readonly figure: number;
  readonly unit: Unit;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** What helps to read the figure. */
  readonly note?: string;
}

/** How a run was asked for. */
export interface BarContext {
  readonly runs: Runs;
  /** Every random draw follows from it. */
  readonly seed: number;
  /** 1 for the benchmark; less for a trial with that share of every size. */
  readonly scale: number;
  readonly runPart: typeof runPart;
}

export interface BarResult {
  readonly checks: readonly Check[];
  /** What was asked and what was answered, sample by sample. */
  readonly measured: readonly Measured[];
}

/** One part as it was ordered, with its figures. */
export interface Measured {
  readonly part: string;
  readonly order: unknown;
  readonly figures: unknown;
}

/** A bar of the planner: what has to hold. */
export interface Bar {
  readonly number: number;
  readonly title: string;
  readonly measure: (context: BarContext) => Promise<BarResult>;
}

/** True when the figure is within its limits; NaN is within none. */
export function holds({ figure, atMost, atLeast }: Check): boolean {
  if (atMost === undefined && atLeast === undefined) return true;
  return figure <= (atMost ?? Number.POSITIVE_INFINITY) && figure >= (atLeast ?? -Infinity);
}

/** `size` of the benchmark at the scale of this run, and at least `least`. */
export function scaled({ scale }: BarContext, size: number, least = 1): number {
  return Math.max(least, Math.round(size * scale));
}
