import { cameras, instance, withInstance } from '../fleet.builders.test-support';
import { countsOf } from '../fleet.reading.test-support';
import type { Story } from '../story.test-support';
import { stepsIn } from '../story.teller.test-support';

export const machineJoins: Story = {
  name: '02-machine-joins',
  title: 'A machine joins',
  question:
    'Three machines run eight streams each and a fourth one joins. How much is moved to it, and from where?',
  before: {
    instances: ['a', 'b', 'c'].map((serverId) => instance(serverId)),
    streams: cameras({ a: 8, b: 8, c: 8 }),
  },
  events: [{ words: 'd registers, empty.', change: withInstance(instance('d')) }],
  explained: 'cam-01',
  claims: {
    'every move goes to d; nothing moves between the old ones': ({ chapters }) =>
      expect(new Set(stepsIn(chapters[0]).map(({ to }) => to))).toEqual(new Set(['d'])),
    'six moves, the fewest that make it even': ({ chapters, after }) => {
      expect(stepsIn(chapters[0])).toHaveLength(6);
      expect(countsOf(after)).toEqual({ a: 6, b: 6, c: 6, d: 6 });
    },
  },
};
