import { quantile } from '@weir/testing';

/** Times that were measured under one label. In ms. */
export interface RecoveryLine {
  readonly label: string;
  readonly count: number;
  readonly p50Ms: number;
  readonly maxMs: number;
  readonly targetMs: number | undefined;
  readonly isWithinTarget: boolean;
}

/** A number that is not a time: how many effects were refused, say. */
export interface FigureLine {
  readonly label: string;
  readonly total: number;
}

interface Samples {
  readonly values: number[];
  readonly targetMs: number | undefined;
}

/** Collects what the repetitions of a row measure. */
export class RecoveryTable {
  private readonly samples = new Map<string, Samples>();
  private readonly figures = new Map<string, number>();

  add(label: string, ms: number, targetMs?: number): void {
    const known = this.samples.get(label) ?? { values: [], targetMs };
    known.values.push(ms);
    this.samples.set(label, known);
  }

  figure(label: string, value: number): void {
    this.figures.set(label, (this.figures.get(label) ?? 0) + value);
  }

  lines(): RecoveryLine[] {
    return [...this.samples].map(([label, { values, targetMs }]) => {
      const maxMs = Math.max(...values);
      return {
        label,
        count: values.length,
        p50Ms: quantile(values, 0.5),
        maxMs,
        targetMs,
        isWithinTarget: targetMs === undefined || maxMs <= targetMs,
      };
    });
  }

  figureLines(): FigureLine[] {
    return [...this.figures].map(([label, total]) => ({ label, total }));
  }
}
