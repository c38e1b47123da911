import type { PlotView } from './drawing/plot.view';

/** What was found, as a plot, a sentence and a table. */
export interface Finding {
  readonly view: PlotView;
  /** Beneath the plot, in full sentences. */
  readonly sentences: readonly string[];
  /** The first row is the head. */
  readonly table: readonly (readonly string[])[];
}

/** One question about a setting, answered by running the planner. */
export interface Study {
  /** Names the plot's file and its block in the document. */
  readonly name: string;
  readonly run: () => Finding;
}
