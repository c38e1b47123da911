import { cameras, instance, withWeights } from '../fleet.builders.test-support';
import { peakOf } from '../fleet.reading.test-support';
import type { Story } from '../story.test-support';
import { stepsIn } from '../story.teller.test-support';

export const hotSpot: Story = {
  name: '06-hot-spot',
  title: 'Hot spot: one machine runs hot',
  question:
    'Three streams on a grow to four times their load. What is moved to cool it, and when does that stop?',
  before: {
    instances: ['a', 'b', 'c', 'd'].map((serverId) => instance(serverId)),
    streams: cameras({ a: 8, b: 8, c: 8, d: 8 }),
  },
  events: [
    {
      words: 'The measured load of cam-01, cam-02 and cam-03, all on a, goes from 1 to 4 each.',
      change: withWeights(({ streamId }) => (streamId <= 'cam-03' ? 4 : 1)),
    },
  ],
  explained: 'cam-01',
  claims: {
    'streams leave a, or make way for one that left a, for the sake of balance': ({ chapters }) => {
      const steps = stepsIn(chapters[0]);
      expect(steps.length).toBeGreaterThan(0);
      const fromA = steps.filter(({ from }) => from === 'a');
      const reached = ['a', ...fromA.map(({ to }) => to)];
      expect(steps.every(({ from }) => reached.includes(from ?? ''))).toBe(true);
      expect(steps.every(({ reason }) => reason === 'balance')).toBe(true);
    },
    'the hottest ends within the band, 10 % above the mean': ({ chapters, after }) =>
      expect(peakOf(after)).toBeLessThanOrEqual(1.1 * chapters[0].settled.after.mean),
    'it takes at most five moves': ({ chapters }) =>
      expect(stepsIn(chapters[0]).length).toBeLessThanOrEqual(5),
    'every move gains more than it costs': ({ chapters }) =>
      expect(stepsIn(chapters[0]).every(({ gain, cost }) => gain > cost)).toBe(true),
  },
};
