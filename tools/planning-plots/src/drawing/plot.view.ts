/** One line of a panel. */
export interface Series {
  readonly label: string;
  /** x and y in the units of the axes, by x. */
  readonly points: readonly (readonly [number, number])[];
}

export interface Axis {
  /** With its unit. */
  readonly label: string;
  readonly format: (value: number) => string;
}

/** `steps`: each value of x at the same distance from the next, whatever it is. */
export interface HorizontalAxis extends Axis {
  readonly kind: 'linear' | 'log' | 'steps';
  /** Where a line and a label go; for `steps` all values. */
  readonly ticks: readonly number[];
  /** The value that a fleet starts with. */
  readonly standard?: number;
}

export interface VerticalAxis extends Axis {
  /** Default: linear. */
  readonly kind?: 'linear' | 'log';
  /** Lowest value shown. */
  readonly from: number;
}

/** One plot above another, with the same x. */
export interface Panel {
  readonly y: VerticalAxis;
  readonly series: readonly Series[];
}

export interface PlotView {
  /** What the plot shows, as a sentence. */
  readonly title: string;
  /** What was run. */
  readonly note: string;
  readonly x: HorizontalAxis;
  readonly panels: readonly Panel[];
}
