import { drawPanel, PANEL_HEAD, px, text } from './panel.svg';
import { horizontalScale } from './plot.scales';
import { styleSheet } from './plot.theme';
import type { PlotView } from './plot.view';
import { escapeXml, toLines } from './text.lines';

const WIDTH = 760;
const LEFT = 64;
const RIGHT = WIDTH - 32;
const PANEL_HEIGHT = 170;
/** Room below the last panel for the ticks of x, its default and its name. */
const FOOT = 74;

/** A plot as an SVG file: the same bytes for the same view. */
export function drawPlot(view: PlotView): string {
  const titles = toLines(view.title, 72);
  const notes = toLines(view.note, 104);
  const headHeight = 20 + titles.length * 21 + notes.length * 17 + 8;
  const panelsBottom = headHeight + view.panels.length * (PANEL_HEAD + PANEL_HEIGHT);
  const height = panelsBottom + FOOT;
  const place = horizontalScale(view, [LEFT, RIGHT]);
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escapeXml(view.title)}</title>`,
    `<style>\n${styleSheet}\n</style>`,
    `<rect class="paper" width="${WIDTH}" height="${height}" rx="6"/>`,
    ...titles.map((line, at) => heading('title', 28 + at * 21, line)),
    ...notes.map((line, at) => heading('faint', 28 + titles.length * 21 + at * 17, line)),
    ...view.panels.flatMap((panel, at) => {
      const top = headHeight + PANEL_HEAD + at * (PANEL_HEAD + PANEL_HEIGHT);
      const frame = { left: LEFT, right: RIGHT, top, bottom: top + PANEL_HEIGHT };
      return drawPanel(panel, frame, view.x, place);
    }),
    ...drawHorizontalAxis(view, panelsBottom),
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

function heading(style: string, y: number, words: string): string {
  return `<text class="${style}" x="20" y="${y}">${escapeXml(words)}</text>`;
}

/** Ticks with their values, what the default is, and the name of the axis, in three rows. */
function drawHorizontalAxis(view: PlotView, bottom: number): string[] {
  const { ticks, format, label, standard } = view.x;
  const place = horizontalScale(view, [LEFT, RIGHT]);
  const faint = (x: number, y: number, words: string): string =>
    `<text class="faint" x="${px(x)}" y="${y}" text-anchor="middle">${escapeXml(words)}</text>`;
  return [
    ...ticks.flatMap((value) => [
      `<path class="grid" d="M${px(place(value))} ${bottom}v5"/>`,
      text(place(value), bottom + 20, 'middle', format(value)),
    ]),
    ...(standard === undefined ? [] : [faint(place(standard), bottom + 36, 'default')]),
    faint((LEFT + RIGHT) / 2, bottom + 58, label),
  ];
}
