import type { Series } from '../drawing/plot.view';
import type { FleetShape } from '../simulation/survivable.fleet';
import { computeHomelessShare } from '../simulation/survivable.fleet';
import type { Finding, Study } from '../study';
import { toPercent } from './number.words';

/** In per cent of the fleet's capacity. */
const UTILISATIONS = Array.from({ length: 31 }, (_, at) => 40 + 2 * at);

interface Shape extends FleetShape {
  readonly label: string;
}

const SHAPES: readonly Shape[] = [
  { label: '4 instances', instances: 4, zones: 0 },
  { label: '10 instances', instances: 10, zones: 0 },
  { label: '30 instances', instances: 30, zones: 0 },
  { label: '30 in 3 zones', instances: 30, zones: 3 },
  { label: '30 in 5 zones', instances: 30, zones: 5 },
];

/** How full may a fleet be and still survive its worst loss? */
export const headroomStudy: Study = {
  name: 'headroom',
  run: () => {
    const lines = SHAPES.map(({ label, ...shape }): Series => ({
      label,
      points: UTILISATIONS.map((percent) => [percent, computeHomelessShare(shape, percent / 100)]),
    }));
    return describe(lines);
  },
};

/** The highest utilisation, in %, at which nothing would be left without room. */
function limitOf({ points }: Series): number {
  return Math.max(0, ...points.filter(([, share]) => share === 0).map(([percent]) => percent));
}

function describe(lines: readonly Series[]): Finding {
  const limits = new Map(lines.map((line) => [line.label, `${limitOf(line)} %`]));
  const of = (label: string): string => limits.get(label) ?? '';
  return {
    view: {
      title: `Ten instances survive any one loss up to ${of('10 instances')} utilisation; thirty in three zones survive a zone up to ${of('30 in 3 zones')}`,
      note: 'Equal instances filled by the planner with equal streams. headroomN1: the share of the load that would find no room if the worst instance, or the worst zone, were lost.',
      x: {
        kind: 'linear',
        label: 'utilisation of the fleet before the loss, in %',
        ticks: [40, 50, 60, 70, 80, 90, 100],
        format: (value) => `${value} %`,
      },
      panels: [
        {
          y: { label: 'load without room (headroomN1)', from: 0, format: toPercent },
          series: lines,
        },
      ],
    },
    sentences: lines.map(
      (line) => `- ${line.label}: nothing would be left without room up to ${of(line.label)}.`,
    ),
    table: [
      ['utilisation', ...lines.map(({ label }) => label)],
      ...[50, 60, 70, 80, 90, 100].map((percent) => [
        `${percent} %`,
        ...lines.map(({ points }) => {
          const found = points.find(([x]) => x === percent);
          return toPercent(found?.[1] ?? 0);
        }),
      ]),
    ],
  };
}
