import { drawPlot } from './plot.svg';
import type { PlotView } from './plot.view';

const view: PlotView = {
  title: 'Twice as much is more than once <as much>',
  note: 'Made up.',
  x: { kind: 'linear', label: 'how much', ticks: [0, 1, 2], format: String, standard: 1 },
  panels: [
    {
      y: { label: 'how many', from: 0, format: String },
      series: [
        {
          label: 'first',
          points: [
            [0, 0],
            [1, 5],
            [2, 10],
          ],
        },
        {
          label: 'second',
          points: [
            [0, 10],
            [1, 5],
            [2, 0],
          ],
        },
      ],
    },
  ],
};

describe('a plot', () => {
  it('is the same text each time', () => expect(drawPlot(view)).toBe(drawPlot(view)));

  it('names its axes, its lines and its default, and says what it shows', () => {
    const svg = drawPlot(view);
    for (const words of ['how much', 'how many', 'first', 'second', 'default', 'Made up.']) {
      expect(svg).toContain(`>${words}</text>`);
    }
    expect(svg).toContain('once &lt;as much&gt;');
  });

  it('has a ground of its own and follows the reader into dark mode', () => {
    const svg = drawPlot(view);
    expect(svg).toContain('<rect class="paper"');
    expect(svg).toContain('@media (prefers-color-scheme:dark)');
  });

  it('draws higher values higher up', () => {
    const path = /<path class="line s0 d0" d="M([\d.]+) ([\d.]+)L.*L([\d.]+) ([\d.]+)"/;
    const [, x1 = 0, y1 = 0, x2 = 0, y2 = 0] = (path.exec(drawPlot(view)) ?? []).map(Number);
    expect(x2).toBeGreaterThan(x1);
    expect(y2).toBeLessThan(y1);
  });

  it('refuses more lines than can be told apart', () => {
    const [panel] = view.panels;
    const series = Array.from({ length: 6 }, () => panel!.series[0]!);
    expect(() => drawPlot({ ...view, panels: [{ ...panel!, series }] })).toThrow('too many lines');
  });

  it('refuses a value between the steps of an axis of steps', () => {
    const x = { ...view.x, kind: 'steps' as const, ticks: [0, 2] };
    expect(() => drawPlot({ ...view, x })).toThrow('1 is no tick of how much');
  });
});
