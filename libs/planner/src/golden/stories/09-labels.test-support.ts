import { cameras, instance, stream, withStreams } from '../fleet.builders.test-support';
import { ownerOf } from '../fleet.reading.test-support';
import type { Story } from '../story.test-support';
import { stepsIn } from '../story.teller.test-support';

const labels = { gpu: 'yes' };
const capacity = { streams: 6 };

export const labelStory: Story = {
  name: '09-labels',
  title: 'Labels: two machines have a GPU, one of them is cordoned',
  question:
    'Streams that need a GPU, one that must stay away from it, and only one machine left that takes GPU streams. Who goes where?',
  before: {
    instances: [
      instance('gpu-1', { labels, capacity }),
      instance('gpu-2', { labels, capacity, status: 'cordoned' }),
      instance('plain-1', { capacity }),
      instance('plain-2', { capacity }),
    ],
    streams: [
      ...cameras({ 'plain-1': 2, 'plain-2': 2 }),
      stream('detect-1', 'gpu-1', { requires: labels }),
      stream('detect-2', 'gpu-1', { requires: labels }),
      stream('detect-3', 'gpu-1', { requires: labels }),
      stream('detect-4', 'gpu-1', { requires: labels }),
      stream('detect-5', 'gpu-2', { requires: labels }),
    ],
  },
  events: [
    {
      words:
        'Three more streams that require gpu=yes arrive, and one that avoids it. gpu-2 is cordoned: it keeps what it has and takes nothing new.',
      change: withStreams([
        stream('detect-6', undefined, { requires: labels, priority: 8 }),
        stream('detect-7', undefined, { requires: labels }),
        stream('detect-8', undefined, { requires: labels, priority: 2 }),
        stream('office', undefined, { avoid: labels }),
      ]),
    },
  ],
  explained: 'detect-8',
  explainedWhen: 'planned',
  claims: {
    'gpu-1 is filled by priority; the last one has no place, and each machine says why': ({
      chapters,
      after,
    }) => {
      expect([ownerOf(after, 'detect-6'), ownerOf(after, 'detect-7')]).toEqual(['gpu-1', 'gpu-1']);
      expect(chapters[0].settled.unplaced).toEqual([
        {
          streamId: 'detect-8',
          reasons: { 'capacity streams': 1, cordoned: 1, 'label gpu=yes': 2 },
        },
      ]);
    },
    'the one that avoids a GPU goes to a machine without': ({ after }) =>
      expect(ownerOf(after, 'office')).toMatch(/^plain-/),
    'the cordoned machine keeps its stream and gets none': ({ chapters, after }) => {
      expect(ownerOf(after, 'detect-5')).toBe('gpu-2');
      expect(stepsIn(chapters[0]).some(({ to }) => to === 'gpu-2')).toBe(false);
    },
  },
};
