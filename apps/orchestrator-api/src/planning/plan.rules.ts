import { NAME_PATTERN, STREAM_LIMITS } from '@weir/domain';
import type { InputProblem } from '@weir/domain';
import { PLANNING_SETTINGS } from '@weir/planning';
import { SETTING_RULES } from '../fleets/fleet.rules';
import {
  checkFields,
  labels,
  number,
  objectOf,
  orNull,
  text,
  wholeNumber,
} from '../operator/field.rules';
import type { FieldRule } from '../operator/field.rules';
import { inputError } from '../problem/validation.problems';
import { RESOURCES_RULE } from '../streams/stream.rules';
import type { PlanRequest } from './scenario';

/** Entries of one list, and copies of one entry: what a question needs, and a plan bears. */
const ENTRIES_MAX = 1_000;
const INSTANCES_EACH_MAX = 5_000;
const STREAMS_EACH_MAX = 100_000;
const STREAMS_IN_ALL_MAX = 100_000;
const MAX_STREAMS = 1_000_000;

const PLANNED: ReadonlySet<string> = new Set(PLANNING_SETTINGS);

const serverName: FieldRule = (value, path) => {
  if (typeof value === 'string' && NAME_PATTERN.test(value)) return [];
  return [{ path, message: 'must be 1 to 128 letters, digits, ., _ or -' }];
};

const ADDED_INSTANCE = objectOf(
  {
    serverId: serverName,
    maxStreams: wholeNumber(0, MAX_STREAMS),
    capacity: RESOURCES_RULE,
    zone: text(128),
    labels: labels(STREAM_LIMITS),
    count: wholeNumber(1, INSTANCES_EACH_MAX),
  },
  ['serverId', 'maxStreams'],
);

const ADDED_STREAM = objectOf({
  name: text(STREAM_LIMITS.nameLength),
  weight: number(STREAM_LIMITS.weightMin, STREAM_LIMITS.weightMax),
  resources: RESOURCES_RULE,
  priority: wholeNumber(STREAM_LIMITS.priorityMin, STREAM_LIMITS.priorityMax),
  requires: labels(STREAM_LIMITS),
  avoid: labels(STREAM_LIMITS),
  spreadGroup: orNull(text(STREAM_LIMITS.labelLength)),
  count: wholeNumber(1, STREAMS_EACH_MAX),
});

/** A setting that is not for the planner would change nothing, so it is refused. */
const PLANNING_RULES = Object.fromEntries(
  Object.entries(SETTING_RULES).filter(([name]) => PLANNED.has(name)),
);

const RULES: Readonly<Record<string, FieldRule>> = {
  scenario: objectOf({
    removeInstances: listOf(serverName),
    addInstances: listOf(ADDED_INSTANCE),
    streams: listOf(ADDED_STREAM),
  }),
  settings: objectOf(PLANNING_RULES),
};

/** What a body asks. @throws DomainError INVALID_INPUT naming every problem */
export function readPlanRequest(body: unknown): PlanRequest {
  const problems = checkFields(body ?? {}, RULES);
  if (problems.length > 0) throw inputError(problems);
  const request = (body ?? {}) as PlanRequest;
  const count = (request.scenario?.streams ?? []).reduce((sum, one) => sum + (one.count ?? 1), 0);
  if (count > STREAMS_IN_ALL_MAX) {
    const message = `must be at most ${STREAMS_IN_ALL_MAX} streams in all, not ${count}`;
    throw inputError([{ path: 'scenario.streams', message }]);
  }
  return request;
}

function listOf(rule: FieldRule): FieldRule {
  return (value, path): readonly InputProblem[] => {
    if (!Array.isArray(value)) return [{ path, message: 'must be a list' }];
    if (value.length > ENTRIES_MAX) {
      return [{ path, message: `must have at most ${ENTRIES_MAX} entries` }];
    }
    return value.flatMap((entry, at) => rule(entry, `${path}.${at}`));
  };
}
