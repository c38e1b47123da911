/**
 * Stories that people ask about, each a scenario in TypeScript beside the text that it gives.
 *
 * After a wanted change of the planner: `npm run golden:planner` at the root writes the texts anew;
 * read their diff before you commit it. The claims of each story are checked either way.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plan } from '../index';
import { stories } from './story.list.test-support';
import { stepsOf, tell } from './story.teller.test-support';
import { renderStory } from './text/story.text.test-support';

const FOLDER = join(__dirname, 'stories');
const isUpdating = process.env['UPDATE_GOLDEN'] === '1';

function goldenFileOf(name: string): string {
  return join(FOLDER, `${name}.golden.txt`);
}

function readGolden(name: string): string {
  const path = goldenFileOf(name);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

describe.each(stories.map((story) => [story.name, story] as const))('%s', (name, story) => {
  const told = tell(story);

  it('reads as its golden file (after a wanted change: npm run golden:planner)', () => {
    const text = renderStory(told);
    if (isUpdating) writeFileSync(goldenFileOf(name), text);
    expect(text).toBe(readGolden(name));
  });

  it('starts from a fleet that is settled, so that the event is all there is to plan for', () => {
    const before = plan(story.before, told.settings, { now: 0, seed: 1 });
    expect(stepsOf(before)).toEqual([]);
    expect(before.before).toMatchObject({ unplaced: 0, violations: 0 });
  });

  it('ends without a violation that the event did not bring', () => {
    for (const { plans, settled } of told.chapters) {
      const seen = (plans[0] ?? settled).before;
      expect(settled.after.violations).toBeLessThanOrEqual(seen.violations);
    }
  });

  it.each(Object.entries(story.claims))('%s', (_sentence, check) => check(told));
});

it('has a story for every golden file', () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.golden.txt'));
  expect(files.sort()).toEqual(stories.map(({ name }) => `${name}.golden.txt`).sort());
});
