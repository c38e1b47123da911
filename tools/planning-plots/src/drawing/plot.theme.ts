/**
 * Colours that tell apart with every kind of colour vision (after Okabe and Ito), a darker set on
 * white and a lighter one on black; each line has its own dashes as well.
 */
const light = ['#0072b2', '#c2410c', '#047857', '#a21a73', '#6b5b00'];
const dark = ['#56b4e9', '#fb923c', '#34d399', '#f0a0d0', '#e6d35a'];
const dashes = ['none', '7 3', '2 3', '9 3 2 3', '12 4'];

/** How many lines one panel can tell apart. */
export const SERIES_MAX = dashes.length;

/** The style sheet of a plot: it follows the reader's light or dark mode. */
export const styleSheet = [
  'text{font-family:system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;font-size:12px}',
  '.title{font-size:16px;font-weight:600}',
  '.line{fill:none;stroke-width:2;stroke-linejoin:round}',
  '.grid{stroke-width:1;shape-rendering:crispEdges}',
  '.standard{stroke-width:1;stroke-dasharray:3 3}',
  ...dashes.map((dash, at) => `.d${at}{stroke-dasharray:${dash}}`),
  ...palette({ paper: '#ffffff', ink: '#1f2328', faint: '#59636e', grid: '#d8dee4' }, light),
  '@media (prefers-color-scheme:dark){',
  ...palette({ paper: '#0d1117', ink: '#e6edf3', faint: '#9198a1', grid: '#30363d' }, dark),
  '}',
].join('\n');

interface Ground {
  readonly paper: string;
  readonly ink: string;
  readonly faint: string;
  readonly grid: string;
}

function palette({ paper, ink, faint, grid }: Ground, colours: readonly string[]): string[] {
  return [
    `.paper{fill:${paper}}`,
    `text{fill:${ink}}`,
    `.faint{fill:${faint}}`,
    `.grid{stroke:${grid}}`,
    `.standard{stroke:${faint}}`,
    ...colours.flatMap((colour, at) => [`.s${at}{stroke:${colour}}`, `.p${at}{fill:${colour}}`]),
  ];
}
