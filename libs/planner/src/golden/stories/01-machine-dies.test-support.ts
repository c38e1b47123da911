import { cameras, instance, withStatus } from '../fleet.builders.test-support';
import { countsOf } from '../fleet.reading.test-support';
import type { Story } from '../story.test-support';
import { stepsIn } from '../story.teller.test-support';

export const machineDies: Story = {
  name: '01-machine-dies',
  title: 'A machine dies',
  question:
    'Four machines run six streams each and one of them dies. Where do its streams go, and does anything else move?',
  before: {
    instances: ['a', 'b', 'c', 'd'].map((serverId) => instance(serverId)),
    streams: cameras({ a: 6, b: 6, c: 6, d: 6 }),
  },
  events: [
    {
      words: 'd stops answering; its lease runs out and it is taken over.',
      change: withStatus(['d'], 'lost'),
    },
  ],
  explained: 'cam-19',
  claims: {
    'only the streams of d get another owner, all six of them': ({ chapters }) => {
      const steps = stepsIn(chapters[0]);
      expect(steps).toHaveLength(6);
      expect(steps.every(({ from, reason }) => from === 'd' && reason === 'failover')).toBe(true);
    },
    'each of the others takes two': ({ after }) =>
      expect(countsOf(after)).toEqual({ a: 8, b: 8, c: 8, d: 0 }),
  },
};
