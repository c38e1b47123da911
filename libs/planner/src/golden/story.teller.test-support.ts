import type { FleetSnapshot, Plan, PlannerSettings, Step } from '../index';
import { defaultPlannerSettings, plan } from '../index';
import type { Chapter, Story, StoryEvent, ToldStory } from './story.test-support';

/** Plans follow each other every second, in ms. */
const PLAN_INTERVAL_MS = 1_000;

/** Events are further apart than any cooldown, in ms. */
const EVENT_INTERVAL_MS = 600_000;

const FIRST_EVENT_MS = 1_000_000_000;

/** More plans than any story needs; one that does not settle is a fault. */
const PLANS_MAX = 20;

/** Lets the events happen one by one, plans after each until nothing is left to do. */
export function tell(story: Story): ToldStory {
  const settings = { ...defaultPlannerSettings, ...story.settings };
  const chapters: Chapter[] = [];
  let fleet = story.before;
  for (const [at, event] of story.events.entries()) {
    const chapter = tellChapter(fleet, event, settings, FIRST_EVENT_MS + at * EVENT_INTERVAL_MS);
    chapters.push(chapter);
    fleet = chapter.after;
  }
  const [first, ...others] = chapters;
  if (first === undefined) throw new Error(`nothing happens in ${story.name}`);
  return { story, settings, chapters: [first, ...others], after: fleet };
}

function tellChapter(
  before: FleetSnapshot,
  event: StoryEvent,
  settings: PlannerSettings,
  from: number,
): Chapter {
  const seen = event.change(before);
  const plans: Plan[] = [];
  let fleet = seen;
  for (let at = 0; at < PLANS_MAX; at++) {
    const now = from + at * PLAN_INTERVAL_MS;
    const next = plan(fleet, settings, { now, seed: 1 });
    if (stepsOf(next).length === 0) {
      return { words: event.words, seen, plans, settled: next, after: fleet };
    }
    plans.push(next);
    fleet = carryOut(fleet, next, now);
  }
  throw new Error(`still not settled after ${PLANS_MAX} plans: ${event.words}`);
}

/** Placements, then moves. */
export function stepsOf(planned: Plan): Step[] {
  return [...planned.placements, ...planned.moves];
}

/** Every step of the chapter, in order. */
export function stepsIn(chapter: Chapter): Step[] {
  return chapter.plans.flatMap(stepsOf);
}

/** The fleet when every step is done. A lost owner's streams that got no home have no owner. */
function carryOut(fleet: FleetSnapshot, planned: Plan, now: number): FleetSnapshot {
  const steps = new Map(stepsOf(planned).map((step) => [step.streamId, step]));
  const moved = new Set(planned.moves.map((step) => step.streamId));
  const streams = fleet.streams.map((view) => {
    const step = steps.get(view.streamId);
    if (step === undefined) return view;
    const owned = { ...view, owner: step.to, assignedAt: now };
    return moved.has(view.streamId) ? { ...owned, lastMovedAt: now } : owned;
  });
  return { ...fleet, streams };
}
