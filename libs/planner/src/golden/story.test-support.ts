import type { FleetSnapshot, Plan, PlannerSettings } from '../index';

/** Something that happens to the fleet. */
export interface StoryEvent {
  /** What happens, for a reader. */
  readonly words: string;
  /** The fleet right after it, before anything was planned. */
  readonly change: (fleet: FleetSnapshot) => FleetSnapshot;
}

/** A question that people ask about planning, as a fleet and what happens to it. */
export interface Story {
  /** Names the golden file. */
  readonly name: string;
  readonly title: string;
  readonly question: string;
  readonly before: FleetSnapshot;
  readonly events: readonly StoryEvent[];
  /** The stream whose place is explained. */
  readonly explained: string;
  /** As the fleet stands right after the first event (default), or when all is planned. */
  readonly explainedWhen?: 'event seen' | 'planned';
  readonly settings?: Partial<PlannerSettings>;
  /**
   * What the story shows, each as a sentence with its own check: rewriting the golden text cannot
   * hide that one of them no longer holds.
   */
  readonly claims: Readonly<Record<string, (told: ToldStory) => void>>;
}

/** One event and everything that is planned because of it. */
export interface Chapter {
  readonly words: string;
  /** Right after the event. */
  readonly seen: FleetSnapshot;
  /** Plans with steps, each carried out before the next one is made. */
  readonly plans: readonly Plan[];
  /** The plan that found nothing more to do. */
  readonly settled: Plan;
  readonly after: FleetSnapshot;
}

/** A story with what the planner made of it. */
export interface ToldStory {
  readonly story: Story;
  readonly settings: PlannerSettings;
  readonly chapters: readonly [Chapter, ...Chapter[]];
  readonly after: FleetSnapshot;
}
