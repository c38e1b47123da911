import { cameras, instance, withStatus } from '../fleet.builders.test-support';
import { countsOf, peakOf } from '../fleet.reading.test-support';
import type { Story } from '../story.test-support';
import { stepsIn } from '../story.teller.test-support';

export const machineDrains: Story = {
  name: '03-machine-drains',
  title: 'A machine is drained for maintenance',
  question:
    'Machine b must be switched off tonight. What does a drain do to its streams, and to everybody else?',
  before: {
    instances: ['a', 'b', 'c', 'd'].map((serverId) => instance(serverId)),
    streams: cameras({ a: 6, b: 6, c: 6, d: 6 }),
  },
  events: [{ words: 'An operator drains b.', change: withStatus(['b'], 'draining') }],
  explained: 'cam-06',
  claims: {
    'only the streams of b move, each once': ({ chapters }) => {
      const steps = stepsIn(chapters[0]);
      expect(steps.map(({ from, reason }) => `${from} ${reason}`)).toEqual(
        Array.from({ length: 6 }, () => 'b drain'),
      );
      expect(new Set(steps.map(({ streamId }) => streamId)).size).toBe(6);
    },
    'b ends empty, and the others are even': ({ after }) => {
      expect(countsOf(after)['b']).toBe(0);
      expect(peakOf(after)).toBeCloseTo(8 / 20);
    },
  },
};
