import { isCounter, isStreamId } from '@weir/domain';

/**
 * What is wrong with an answer, or undefined. Only what this client relies on is looked at: a lease
 * of NaN ms would never end, and a later release may say more.
 */
export type AnswerCheck = (answer: unknown) => string | undefined;

export const checkRegistered: AnswerCheck = (answer) =>
  first(
    check(answer, 'incarnation', isCounter),
    check(answer, 'revision', isCounter),
    checkRhythm(answer),
    checkList(answer, 'assignments', checkAssignment),
  );

export const checkHeartbeat: AnswerCheck = (answer) =>
  first(
    check(answer, 'revision', isCounter),
    checkRhythm(answer),
    fieldOf(answer, 'changes') === undefined
      ? undefined
      : checkList(answer, 'changes', checkAssignment),
  );

export const checkResynced: AnswerCheck = (answer) =>
  first(
    check(answer, 'revision', isCounter),
    checkList(answer, 'start', checkAssignment),
    checkList(answer, 'stop', checkStreamEpoch),
  );

export const checkAcknowledged: AnswerCheck = (answer) =>
  checkList(answer, 'results', (result) => check(result, 'streamId', isStreamId));

export const checkChanges: AnswerCheck = (answer) =>
  first(check(answer, 'revision', isCounter), checkList(answer, 'changes', checkAssignment));

/** For answers of which nothing is needed. */
export const checkNothing: AnswerCheck = () => undefined;

function checkRhythm(answer: unknown): string | undefined {
  return first(
    check(answer, 'leaseTtlMs', isDuration),
    check(answer, 'heartbeatIntervalMs', isDuration),
  );
}

function checkAssignment(entry: unknown): string | undefined {
  const stream = fieldOf(entry, 'stream');
  return first(
    checkStreamEpoch(entry),
    check(entry, 'desired', isText),
    check(entry, 'exclusive', (value) => typeof value === 'boolean'),
    check(entry, 'notBeforeMs', isAbsentOr(isDelay)),
    check(entry, 'autonomyMs', isAbsentOr(isDelay)),
    check(entry, 'checkpoint', isAbsentOr(isObject)),
    check(stream, 'name', isText),
    check(stream, 'source', isText),
    check(stream, 'config', isObject),
  );
}

function checkStreamEpoch(entry: unknown): string | undefined {
  return first(check(entry, 'streamId', isStreamId), check(entry, 'epoch', isCounter));
}

function checkList(answer: unknown, name: string, checkEntry: AnswerCheck): string | undefined {
  const list = fieldOf(answer, name);
  if (!Array.isArray(list)) return `no list of ${name}`;
  for (const [index, entry] of (list as unknown[]).entries()) {
    const problem = checkEntry(entry);
    if (problem) return `${name}.${index}: ${problem}`;
  }
  return undefined;
}

function check(
  answer: unknown,
  name: string,
  isFit: (value: unknown) => boolean,
): string | undefined {
  return isFit(fieldOf(answer, name)) ? undefined : `no valid ${name}`;
}

function fieldOf(answer: unknown, name: string): unknown {
  return isObject(answer) ? (answer as Record<string, unknown>)[name] : undefined;
}

function first(...problems: (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}

const isDuration = (value: unknown) => isDelay(value) && value > 0;
const isDelay = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isText = (value: unknown) => typeof value === 'string';
const isObject = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isAbsentOr = (isFit: (value: unknown) => boolean) => (value: unknown) =>
  value === undefined || isFit(value);
