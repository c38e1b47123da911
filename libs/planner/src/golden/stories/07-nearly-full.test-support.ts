import { cameras, instance, stream, withStreams } from '../fleet.builders.test-support';
import { ownerOf } from '../fleet.reading.test-support';
import type { Story } from '../story.test-support';
import { stepsIn } from '../story.teller.test-support';

export const nearlyFull: Story = {
  name: '07-nearly-full',
  title: 'A nearly full fleet',
  question:
    'Twelve places, ten of them taken, and four streams arrive. Who gets a place, who does not, and why?',
  before: {
    instances: ['a', 'b', 'c'].map((serverId) => instance(serverId, { capacity: { streams: 4 } })),
    streams: cameras({ a: 4, b: 3, c: 3 }),
  },
  events: [
    {
      words: 'Four streams arrive at once; the usual priority is 5, higher goes first.',
      change: withStreams([
        stream('archive', undefined, { priority: 1 }),
        stream('alarm', undefined, { priority: 9 }),
        stream('lobby', undefined, { priority: 5 }),
        stream('garage', undefined, { priority: 3 }),
      ]),
    },
  ],
  explained: 'archive',
  explainedWhen: 'planned',
  claims: {
    'the two with the highest priority get the two places': ({ after }) => {
      const placed = ['alarm', 'lobby', 'garage', 'archive'].filter((id) => ownerOf(after, id));
      expect(placed).toEqual(['alarm', 'lobby']);
    },
    'the other two wait, and capacity is why, on all three machines': ({ chapters }) =>
      expect(chapters[0].settled.unplaced).toEqual([
        { streamId: 'garage', reasons: { 'capacity streams': 3 } },
        { streamId: 'archive', reasons: { 'capacity streams': 3 } },
      ]),
    'nothing that runs is stopped for them': ({ chapters }) =>
      expect(stepsIn(chapters[0]).every(({ from }) => from === undefined)).toBe(true),
  },
};
