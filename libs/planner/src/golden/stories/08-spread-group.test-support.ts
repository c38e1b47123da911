import { cameras, instance, stream, withStatus } from '../fleet.builders.test-support';
import { ownerOf } from '../fleet.reading.test-support';
import type { Story } from '../story.test-support';
import { stepsOf } from '../story.teller.test-support';

const group = ['copy-1', 'copy-2', 'copy-3'];

export const spreadGroup: Story = {
  name: '08-spread-group',
  title: 'A spread group over zones, one machine lost',
  question:
    'Three copies of one feed stand in three zones. The machine of copy 1 dies. Does its new place keep the copies apart?',
  before: {
    instances: ['a1', 'a2', 'b1', 'b2', 'c1', 'c2'].map((serverId) =>
      instance(serverId, { zone: serverId.slice(0, 1) }),
    ),
    streams: [
      ...cameras({ a1: 3, a2: 5, b1: 3, b2: 4, c1: 3, c2: 4 }),
      stream('copy-1', 'a1', { spreadGroup: 'feed' }),
      stream('copy-2', 'b1', { spreadGroup: 'feed' }),
      stream('copy-3', 'c1', { spreadGroup: 'feed' }),
    ],
  },
  events: [{ words: 'a1 is lost.', change: withStatus(['a1'], 'lost') }],
  explained: 'copy-1',
  claims: {
    'copy 1 stays in zone a, although a2 has the most to do': ({ after }) =>
      expect(ownerOf(after, 'copy-1')).toBe('a2'),
    'each zone has one copy': ({ after }) => {
      const zones = group.map((id) => ownerOf(after, id)?.slice(0, 1));
      expect(zones).toEqual(['a', 'b', 'c']);
    },
    'the failover touches only the streams of a1; load is evened out later, if at all': ({
      chapters,
    }) => {
      const [failover, ...later] = chapters[0].plans.map((planned) => stepsOf(planned));
      expect(failover).toHaveLength(4);
      expect(failover?.every(({ from }) => from === 'a1')).toBe(true);
      expect(later.flat().every(({ reason }) => reason === 'balance')).toBe(true);
    },
  },
};
