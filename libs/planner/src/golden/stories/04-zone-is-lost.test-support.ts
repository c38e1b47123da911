import { cameras, instance, withStatus } from '../fleet.builders.test-support';
import { countsOf, ownerOf } from '../fleet.reading.test-support';
import type { Story } from '../story.test-support';
import { stepsIn } from '../story.teller.test-support';

const LOST = ['a1', 'a2'];

export const zoneIsLost: Story = {
  name: '04-zone-is-lost',
  title: 'A whole zone is lost',
  question:
    'Six machines stand in three zones and zone a goes dark. Is there room for everything, and was that to be known before?',
  before: {
    instances: ['a1', 'a2', 'b1', 'b2', 'c1', 'c2'].map((serverId) =>
      instance(serverId, { zone: serverId.slice(0, 1), capacity: { streams: 9 } }),
    ),
    streams: cameras({ a1: 6, a2: 6, b1: 6, b2: 6, c1: 6, c2: 6 }),
  },
  events: [
    { words: 'Both machines of zone a are lost at once.', change: withStatus(LOST, 'lost') },
  ],
  explained: 'cam-01',
  claims: {
    'only the streams of zone a get another owner': ({ story, chapters, after }) => {
      expect(stepsIn(chapters[0])).toHaveLength(12);
      for (const { streamId, owner } of story.before.streams) {
        if (!LOST.includes(owner ?? '')) expect(ownerOf(after, streamId)).toBe(owner);
      }
    },
    'all of them find room, three on each of the four that are left': ({ chapters, after }) => {
      expect(chapters[0].settled.unplaced).toEqual([]);
      expect(countsOf(after)).toEqual({ a1: 0, a2: 0, b1: 9, b2: 9, c1: 9, c2: 9 });
    },
    'afterwards the next loss would leave streams without room, and the score says so': ({
      chapters,
    }) => expect(chapters[0].settled.after.headroomN1).toBeGreaterThan(0),
  },
};
