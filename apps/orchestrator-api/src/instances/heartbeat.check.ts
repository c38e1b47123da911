import { isCounter, isStreamId, PROTOCOL_LIMITS } from '@weir/domain';
import type { HeartbeatRequest, InputProblem } from '@weir/domain';
import { inputError } from '../problem/validation.problems';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A rule says what is wrong with a value, or nothing. `undefined` is only shown to required fields.
 */
interface Rule {
  readonly isRequired: boolean;
  readonly check: (value: unknown, path: string, problems: InputProblem[]) => void;
}

type Shape = ReadonlyMap<string, Rule>;

const INTEGER_MAX = 2 ** 31 - 1;
const MEASURE_MAX = 1e12;
const DIGEST = /^[0-9a-f]{16}$/;

/**
 * Checks the body of a heartbeat by hand, because it is what this service does most: general
 * validators cost several times what the rest of the request does. HeartbeatDto says the same in
 * the documentation, and a test holds the two together.
 * @throws DomainError INVALID_INPUT with every problem
 */
export function assertHeartbeat(body: unknown): asserts body is HeartbeatRequest {
  const problems: InputProblem[] = [];
  checkObject(HEARTBEAT, body, '', problems);
  if (problems.length > 0) throw inputError(problems);
}

function checkObject(shape: Shape, value: unknown, path: string, problems: InputProblem[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push({ path, message: 'must be an object' });
    return;
  }
  const prefix = path === '' ? '' : `${path}.`;
  for (const name in value) {
    if (!shape.has(name)) problems.push({ path: prefix + name, message: 'is not a known field' });
  }
  const fields = value as Fields;
  for (const [name, rule] of shape) {
    const member = fields[name];
    if (member !== undefined || rule.isRequired) rule.check(member, prefix + name, problems);
  }
}

function rule(message: string, holds: (value: unknown) => boolean): Rule['check'] {
  return (value, path, problems) => {
    if (!holds(value)) problems.push({ path, message });
  };
}

function numberWithin(min: number, max: number): Rule['check'] {
  return rule(
    `must be a number from ${min} to ${max}`,
    (value) => typeof value === 'number' && value >= min && value <= max,
  );
}

const counter = rule('must be a whole number from 0 to 2^53 - 1', isCounter);
const ratio = numberWithin(0, 1);
const measure = numberWithin(0, MEASURE_MAX);
const note = rule(
  `must be a text of at most ${PROTOCOL_LIMITS.textLength} characters`,
  (value) => typeof value === 'string' && value.length <= PROTOCOL_LIMITS.textLength,
);

const required = (check: Rule['check']): Rule => ({ isRequired: true, check });
const optional = (check: Rule['check']): Rule => ({ isRequired: false, check });

const nested =
  (shape: Shape): Rule['check'] =>
  (value, path, problems) =>
    checkObject(shape, value, path, problems);

const RUNNING: Shape = new Map([
  [
    'count',
    required(
      rule(
        `must be a whole number from 0 to ${INTEGER_MAX}`,
        (value) => isCounter(value) && value <= INTEGER_MAX,
      ),
    ),
  ],
  [
    'digest',
    required(
      rule(
        'must be 16 lower-case hex digits',
        (value) => typeof value === 'string' && DIGEST.test(value),
      ),
    ),
  ],
]);

const METRICS: Shape = new Map([
  ['cpu', optional(ratio)],
  ['memory', optional(ratio)],
  ['eventLoopLagMs', optional(measure)],
  ['bandwidthMbps', optional(measure)],
  ['errorRate', optional(ratio)],
  ['latencyP95Ms', optional(measure)],
]);

const STREAM_REPORT: Shape = new Map([
  ['streamId', required(rule('must be a stream id: a positive whole number as text', isStreamId))],
  ['load', optional(measure)],
  ['state', optional(note)],
  ['error', optional(note)],
]);

const checkReports: Rule['check'] = (value, path, problems) => {
  const max = PROTOCOL_LIMITS.reportsPerHeartbeat;
  if (!Array.isArray(value) || value.length > max) {
    problems.push({ path, message: `must be a list of at most ${max} reports` });
    return;
  }
  const checkReport = nested(STREAM_REPORT);
  value.forEach((report, index) => checkReport(report, `${path}.${index}`, problems));
};

const HEARTBEAT: Shape = new Map([
  ['incarnation', required(counter)],
  ['seenRevision', required(counter)],
  ['running', required(nested(RUNNING))],
  ['metrics', optional(nested(METRICS))],
  ['streams', optional(checkReports)],
]);
