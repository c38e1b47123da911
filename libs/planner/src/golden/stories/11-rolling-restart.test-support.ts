import { cameras, instance, withStatus } from '../fleet.builders.test-support';
import { countsOf } from '../fleet.reading.test-support';
import type { Story, StoryEvent } from '../story.test-support';
import { stepsIn } from '../story.teller.test-support';

const SERVER_IDS = ['a', 'b', 'c'];

function restart(serverId: string): StoryEvent[] {
  return [
    { words: `${serverId} is drained for its update.`, change: withStatus([serverId], 'draining') },
    { words: `${serverId} is back, empty and ready.`, change: withStatus([serverId], 'ready') },
  ];
}

export const rollingRestart: Story = {
  name: '11-rolling-restart',
  title: 'A rolling restart',
  question:
    'Three machines are updated one after the other. How often is each stream moved, and is the fleet even at the end?',
  before: {
    instances: SERVER_IDS.map((serverId) => instance(serverId)),
    streams: cameras({ a: 4, b: 4, c: 4 }),
  },
  events: SERVER_IDS.flatMap(restart),
  explained: 'cam-01',
  claims: {
    'what a drain moves is what the machine had, no more': ({ chapters }) => {
      for (const chapter of chapters.filter(({ words }) => words.includes('drained'))) {
        expect(stepsIn(chapter).every(({ reason }) => reason === 'drain')).toBe(true);
      }
    },
    'what comes back empty gets its share, and only it gets any': ({ chapters }) => {
      for (const { words, ...chapter } of chapters.filter((one) => one.words.includes('back'))) {
        const steps = stepsIn({ words, ...chapter });
        expect(steps.length).toBeGreaterThan(0);
        expect(steps.every(({ to }) => to === words.slice(0, 1))).toBe(true);
      }
    },
    'the fleet is even again at the end, to one stream': ({ after }) => {
      const counts = Object.values(countsOf(after));
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    },
    'moves per stream stay below three on average': ({ chapters, after }) => {
      const steps = chapters.flatMap((chapter) => stepsIn(chapter));
      expect(steps.length / after.streams.length).toBeLessThan(3);
    },
  },
};
