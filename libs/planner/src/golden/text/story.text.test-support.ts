import type { Scores } from '../../index';
import { explain } from '../../index';
import type { Chapter, ToldStory } from '../story.test-support';
import { renderExplanation } from './explanation.text.test-support';
import { renderFleet } from './fleet.text.test-support';
import { renderPlan, renderSettled } from './plan.text.test-support';
import { toPercent, toTable, wrap } from './text.table.test-support';

/** The whole golden file of a story. */
export function renderStory(told: ToldStory): string {
  const { story, chapters, after } = told;
  const lines = [
    story.title.toUpperCase(),
    ...wrap(story.question),
    ...section('FLEET BEFORE', renderFleet(story.before)),
    ...chapters.flatMap((chapter, at) => renderChapter(chapter, chapters.length > 1 ? at + 1 : 0)),
    ...section('FLEET AFTER', renderFleet(after)),
    ...section('WHY', renderWhy(told)),
    ...section('ALWAYS TRUE OF THIS STORY', Object.keys(story.claims).map(toItem)),
  ];
  return `${lines.join('\n')}\n`;
}

function section(head: string, lines: readonly string[]): string[] {
  return ['', head, ...lines];
}

function toItem(sentence: string): string {
  return `- ${sentence}`;
}

/** `number` 0: the only one. */
function renderChapter({ words, plans, settled }: Chapter, number: number): string[] {
  const suffix = number === 0 ? '' : ` ${number}`;
  const steps = plans.flatMap((planned, at) => renderPlan(planned, at + 1));
  return [
    ...section(`EVENT${suffix}`, wrap(words)),
    ...section(`PLAN${suffix}`, [...steps, ...renderSettled(settled, plans.length + 1)]),
  ];
}

function renderWhy({ story, settings, chapters, after }: ToldStory): string[] {
  const [first] = chapters;
  const last = chapters[chapters.length - 1] ?? first;
  const before = (first.plans[0] ?? first.settled).before;
  const { explained, explainedWhen: when = 'event seen' } = story;
  const explanation = explain(when === 'planned' ? after : first.seen, settings, explained);
  const words = when === 'planned' ? 'when all is planned' : 'right after the event';
  return [
    ...renderScores(before, last.settled.after),
    '',
    ...renderExplanation(explanation, words),
  ];
}

/** Before the first plan, that is with the event seen, and after the last. */
function renderScores(before: Scores, after: Scores): string[] {
  const percent = (name: string, pick: (scores: Scores) => number): string[] => [
    name,
    toPercent(pick(before)),
    toPercent(pick(after)),
  ];
  return toTable([
    ['', 'event seen', 'planned'],
    percent('peak (hottest instance)', (scores) => scores.peak),
    percent('mean', (scores) => scores.mean),
    percent('spread (hottest - coldest)', (scores) => scores.spread),
    ['balance (mean / peak)', before.balance.toFixed(3), after.balance.toFixed(3)],
    percent('load without room at N+1', (scores) => scores.headroomN1),
    ['violations', String(before.violations), String(after.violations)],
    ['unplaced', String(before.unplaced), String(after.unplaced)],
  ]);
}
