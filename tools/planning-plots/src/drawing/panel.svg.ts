import type { Scale } from './plot.scales';
import { verticalScale } from './plot.scales';
import { SERIES_MAX } from './plot.theme';
import type { HorizontalAxis, Panel, Series } from './plot.view';
import { escapeXml } from './text.lines';

/** Where a panel stands, in pixels. */
export interface PanelFrame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Room above the panel for the name of its axis and the names of its lines. */
export const PANEL_HEAD = 56;

/** A line of more points goes without dots. */
const DOTS_MAX = 15;

/** A panel with its grid, its lines and what they are called. */
export function drawPanel(
  panel: Panel,
  frame: PanelFrame,
  x: HorizontalAxis,
  place: Scale,
): string[] {
  if (panel.series.length > SERIES_MAX) throw new RangeError('too many lines to tell apart');
  const { scale, ticks } = verticalScale(panel, [frame.bottom, frame.top]);
  const { left, right, top } = frame;
  return [
    `<text class="faint" x="${left}" y="${top - 28}">${escapeXml(panel.y.label)}</text>`,
    ...drawNames(panel.series, frame),
    ...ticks.flatMap((value) => [
      `<path class="grid" d="M${left} ${px(scale(value))}H${right}"/>`,
      text(left - 8, scale(value) + 4, 'end', panel.y.format(value)),
    ]),
    ...drawStandard(x, frame, place),
    ...panel.series.flatMap((series, at) => drawLine(series, at, { place, scale })),
  ];
}

function drawNames(series: readonly Series[], { left, top }: PanelFrame): string[] {
  if (series.length < 2) return [];
  let from = left;
  return series.flatMap(({ label }, at) => {
    const start = from;
    // No text can be measured here: seven pixels per character is a little more than it takes.
    from += 42 + label.length * 6.6;
    return [
      `<path class="line s${at} d${at}" d="M${start} ${top - 13}h22"/>`,
      text(start + 27, top - 9, 'start', label),
    ];
  });
}

/** A line from top to bottom; the horizontal axis says what it is. */
function drawStandard(x: HorizontalAxis, { top, bottom }: PanelFrame, place: Scale): string[] {
  if (x.standard === undefined) return [];
  return [`<path class="standard" d="M${px(place(x.standard))} ${top}V${bottom}"/>`];
}

function drawLine(
  { points }: Series,
  at: number,
  { place, scale }: { readonly place: Scale; readonly scale: Scale },
): string[] {
  const spots = points.map(([x, y]) => [px(place(x)), px(scale(y))] as const);
  return [
    `<path class="line s${at} d${at}" d="M${spots.map((spot) => spot.join(' ')).join('L')}"/>`,
    // Many points are a curve; few are measurements, and shown as such.
    ...(spots.length > DOTS_MAX
      ? []
      : spots.map(([x, y]) => `<circle class="p${at}" cx="${x}" cy="${y}" r="3"/>`)),
  ];
}

/** A text element; `anchor` as in SVG. */
export function text(x: number, y: number, anchor: string, words: string): string {
  return `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${escapeXml(words)}</text>`;
}

/** A tenth of a pixel is finer than anybody sees, and the same on every machine. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
