import { computeQuantile } from '../measure/quantile.bounds';

/** One line of the table: measured values in ms. */
export interface MeasuredRow {
  readonly name: string;
  readonly values: readonly number[];
  /** Whether the values are independent of each other: only then p99 has bounds. */
  readonly isIndependent: boolean;
}

/** Something that must hold. An aim is about speed, and a quick run does not judge it. */
export interface Claim {
  readonly text: string;
  readonly holds: boolean;
  readonly isAim: boolean;
}

export interface BenchResult {
  readonly rows: readonly MeasuredRow[];
  readonly claims: readonly Claim[];
  /** How it was measured, and what does not fit into the table. Each a line. */
  readonly notes: readonly string[];
  /** Numbers of the notes, for programs. */
  readonly figures?: Readonly<Record<string, number>>;
}

/** The figures of a row, for people and for programs alike. */
export function summarize({ name, values, isIndependent }: MeasuredRow) {
  const p50 = computeQuantile(values, 0.5);
  const p99 = computeQuantile(values, 0.99);
  return {
    name,
    n: values.length,
    p50: p50.value,
    p99: p99.value,
    max: values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
    isIndependent,
    ...(isIndependent && { p50Bounds: [p50.low, p50.high], p99Bounds: [p99.low, p99.high] }),
  };
}

/** What a run that did not judge speed comes to. */
export function allHold({ claims }: BenchResult, isQuick: boolean): boolean {
  return claims.every(({ holds, isAim }) => holds || (isQuick && isAim));
}
