import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { flattenValidationErrors } from '../problem/validation.problems';
import { assertHeartbeat } from './heartbeat.check';
import { HeartbeatDto } from './heartbeat.dto';

/** Values around every bound, and of every wrong type. */
const value = fc.constantFrom<unknown>(
  ...[undefined, null, 0, 1, 0.5, -1, 1.5, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 1e12, 1e13],
  ...[NaN, Infinity, '', 'x', '0000000000000000', 'FFFFFFFFFFFFFFFF', '1', '01', '9'.repeat(19)],
  ...[true, [], {}, 'y'.repeat(2_048), 'y'.repeat(2_049)],
);

const record = (...names: string[]) =>
  fc.record(Object.fromEntries([...names, 'unknown'].map((name) => [name, value])), {
    requiredKeys: [],
  });

const heartbeat = fc.record(
  {
    incarnation: value,
    seenRevision: value,
    running: fc.oneof(record('count', 'digest'), value),
    metrics: fc.oneof(
      record('cpu', 'memory', 'eventLoopLagMs', 'errorRate', 'latencyP95Ms'),
      value,
    ),
    streams: fc.oneof(fc.array(record('streamId', 'load', 'state', 'error')), value),
    unknown: value,
  },
  { requiredKeys: [] },
);

function pathsByHand(body: unknown): string[] {
  try {
    assertHeartbeat(body);
    return [];
  } catch (error) {
    return (error as { problems: { path: string }[] }).problems.map(({ path }) => path);
  }
}

function pathsByClass(body: object): string[] {
  const errors = validateSync(plainToInstance(HeartbeatDto, body), {
    whitelist: true,
    forbidNonWhitelisted: true,
  });
  return flattenValidationErrors(errors).map(({ path }) => path);
}

const distinct = (paths: readonly string[]): string[] => [...new Set(paths)].sort();

describe('the check of a heartbeat by hand', () => {
  it('finds fault with exactly the fields that the documented class finds fault with', () => {
    fc.assert(
      fc.property(heartbeat, (body) => {
        // Bodies are JSON: undefined does not come in, nor do NaN and Infinity except as null.
        const json = JSON.parse(JSON.stringify(body)) as object;
        expect(distinct(pathsByHand(json))).toEqual(distinct(pathsByClass(json)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes the smallest and the largest heartbeat', () => {
    const running = { count: 0, digest: '0000000000000000' };
    expect(pathsByHand({ incarnation: 1, seenRevision: 0, running })).toEqual([]);
    const streams = Array.from({ length: 1_000 }, (_, index) => ({ streamId: `${index + 1}` }));
    expect(pathsByHand({ incarnation: 1, seenRevision: 0, running, streams })).toEqual([]);
    expect(
      pathsByHand({ incarnation: 1, seenRevision: 0, running, streams: [...streams, {}] }),
    ).toEqual(['streams']);
  });

  it.each([null, [], 'x', 5, undefined])('refuses a body that is %j', (body) => {
    expect(pathsByHand(body)).toEqual(['']);
  });
});
