import { cameras, instance, withWeights } from '../fleet.builders.test-support';
import type { Story, StoryEvent } from '../story.test-support';
import { stepsIn } from '../story.teller.test-support';

/** Weights from 9.3 to 10.7 that differ by stream and round, without any randomness. */
function jittered(round: number): StoryEvent {
  return {
    words: `Round ${round}: every measured load is up to 7 % off its usual 10.`,
    change: withWeights(({ streamId }) => {
      const number = Number(streamId.slice(4));
      return 10 + (((number * 7 + round * 4 + Math.trunc(number / 7) * round) % 15) - 7) / 10;
    }),
  };
}

export const loadJitters: Story = {
  name: '10-load-jitters',
  title: 'Loads jitter and nothing moves',
  question:
    'Measured loads are never quite the same. How much do they have to differ before streams are moved about?',
  before: {
    instances: ['a', 'b', 'c'].map((serverId) =>
      instance(serverId, { capacity: { streams: 100 } }),
    ),
    streams: cameras({ a: 6, b: 6, c: 6 }, { load: { weight: 10 } }),
  },
  events: [1, 2, 3, 4, 5, 6].map(jittered),
  explained: 'cam-01',
  claims: {
    'not one step in all rounds': ({ chapters }) =>
      expect(chapters.flatMap((chapter) => stepsIn(chapter))).toEqual([]),
    'although the load is never quite even': ({ chapters }) => {
      for (const { settled } of chapters) expect(settled.before.spread).toBeGreaterThan(0);
    },
  },
};
