import type { StreamView } from '../../index';
import { instance, stream, withStreams } from '../fleet.builders.test-support';
import { ownerOf } from '../fleet.reading.test-support';
import type { Story } from '../story.test-support';
import { stepsIn } from '../story.teller.test-support';

const capacity = { streams: 10, memoryMb: 100 };

function sized(streamId: string, memoryMb: number, owner?: string): StreamView {
  return stream(streamId, owner, { load: { weight: 1, memoryMb } });
}

export const largeStream: Story = {
  name: '05-large-stream',
  title: 'One stream is too large for any gap',
  question:
    'A stream needs 60 MB. The fleet has 110 MB left, but no machine has more than 40. Does it stay outside?',
  before: {
    instances: ['a', 'b', 'c'].map((serverId) => instance(serverId, { capacity })),
    streams: [
      sized('a-40', 40, 'a'),
      sized('a-25', 25, 'a'),
      sized('b-30', 30, 'b'),
      sized('b-35', 35, 'b'),
      sized('c-40', 40, 'c'),
      sized('c-20', 20, 'c'),
    ],
  },
  events: [{ words: 'The stream `large` arrives.', change: withStreams([sized('large', 60)]) }],
  explained: 'large',
  claims: {
    'it ends with an owner': ({ after }) => expect(ownerOf(after, 'large')).toBeDefined(),
    'one smaller stream makes room for it, and nothing else moves before it is placed': ({
      chapters,
    }) => {
      const steps = stepsIn(chapters[0]);
      const placedAt = steps.findIndex(({ streamId }) => streamId === 'large');
      expect(steps.slice(0, placedAt).map(({ reason }) => reason)).toEqual(['makeRoom']);
    },
    'no machine ever holds more memory than it has, both ends of a move counted': ({
      chapters,
    }) => {
      const [first] = chapters[0].plans;
      for (const { streamId, to } of first?.moves ?? []) {
        const all = chapters[0].seen.streams;
        const held = all.filter((view) => view.owner === to || view.streamId === streamId);
        const used = held.reduce((sum, view) => sum + (view.load['memoryMb'] ?? 0), 0);
        expect(used).toBeLessThanOrEqual(capacity.memoryMb);
      }
    },
  },
};
