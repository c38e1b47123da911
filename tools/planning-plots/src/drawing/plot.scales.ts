import { scaleLinear, scaleLog, scalePoint } from 'd3-scale';
import type { HorizontalAxis, Panel, PlotView } from './plot.view';

/** A value to its place in pixels. */
export type Scale = (value: number) => number;

/** From left to right, `range` in pixels. */
export function horizontalScale({ x, panels }: PlotView, range: readonly [number, number]): Scale {
  if (x.kind === 'steps') return stepScale(x, range);
  const values = panels.flatMap(({ series }) => series.flatMap(({ points }) => points));
  const domain = extentOf([...values.map(([value]) => value), ...x.ticks]);
  const scale = x.kind === 'log' ? scaleLog(domain, range) : scaleLinear(domain, range);
  return (value) => scale(value);
}

function stepScale(x: HorizontalAxis, range: readonly [number, number]): Scale {
  const scale = scalePoint<number>(x.ticks, range).padding(0.3);
  return (value) => {
    const place = scale(value);
    if (place === undefined) throw new RangeError(`${value} is no tick of ${x.label}`);
    return place;
  };
}

/** From bottom to top, with round values for its grid. */
export function verticalScale(
  { y, series }: Panel,
  range: readonly [number, number],
): { readonly scale: Scale; readonly ticks: number[] } {
  const values = series.flatMap(({ points }) => points.map(([, value]) => value));
  const [, highest] = extentOf([y.from, ...values]);
  const top = highest > y.from ? highest : y.from + 1;
  if (y.kind === 'log') return logScale([y.from, top], range);
  const scale = scaleLinear([y.from, top], range).nice(5);
  return { scale: (value) => scale(value), ticks: scale.ticks(5) };
}

/** With 1, 2 and 5 times each power of ten as its grid, the last one above all values. */
function logScale(
  [from, top]: readonly [number, number],
  range: readonly [number, number],
): { readonly scale: Scale; readonly ticks: number[] } {
  const round = [0, 1, 2, 3, 4, 5].flatMap((power) => [1, 2, 5].map((one) => one * 10 ** power));
  const end = round.find((value) => value >= top) ?? top;
  const scale = scaleLog([from, end], range);
  const ticks = round.filter((value) => value >= from && value <= end);
  return { scale: (value) => scale(value), ticks };
}

function extentOf(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}
