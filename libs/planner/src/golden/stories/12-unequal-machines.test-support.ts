import { instance, stream, withStreams } from '../fleet.builders.test-support';
import { utilisationOf } from '../fleet.reading.test-support';
import type { Story } from '../story.test-support';
import { stepsIn } from '../story.teller.test-support';

export const unequalMachines: Story = {
  name: '12-unequal-machines',
  title: 'Machines of unequal size',
  question:
    'One machine is four times as large as another, and one measures slow. How are 16 new streams divided?',
  before: {
    instances: [
      instance('large', { capacity: { streams: 40 } }),
      instance('middle', { capacity: { streams: 20 } }),
      instance('small', { capacity: { streams: 10 } }),
      instance('slow', { capacity: { streams: 20 }, performance: 0.5 }),
    ],
    streams: [],
  },
  events: [
    {
      words: '16 streams of equal load arrive.',
      change: withStreams(
        Array.from({ length: 16 }, (_, at) =>
          stream(`cam-${String(at + 1).padStart(2, '0')}`, undefined),
        ),
      ),
    },
  ],
  explained: 'cam-01',
  claims: {
    'all of them are placed, by placements only': ({ chapters }) => {
      expect(stepsIn(chapters[0])).toHaveLength(16);
      expect(stepsIn(chapters[0]).every(({ from }) => from === undefined)).toBe(true);
    },
    'each has the same share of what it can do, to one stream': ({ after }) => {
      for (const view of after.instances) {
        const reach = view.capacity.streams * (view.performance ?? 1);
        const { share } = utilisationOf(after, view);
        expect(Math.abs(share - 16 / 80)).toBeLessThanOrEqual(1 / reach);
      }
    },
  },
};
