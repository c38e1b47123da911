import * as fc from 'fast-check';
import type { FleetSnapshot, Plan } from './index';
import { defaultPlannerSettings, plan } from './index';
import { CONTEXT, instance, simpleFleet, stepsOf, stream, unlimited } from './fleet.test-support';

const RUNS = { numRuns: 200 };

const ample = simpleFleet({
  instances: { min: 2, max: 12 },
  perInstance: { min: 4, max: 12 },
  weights: fc.double({ min: 1, max: 6, noNaN: true }),
});

/** Room for all of it, and everything on one or two instances: much to even out. */
const disordered = fc
  .tuple(ample, fc.array(fc.nat(1), { minLength: 1, maxLength: 7 }))
  .map(([snapshot, owners]): FleetSnapshot => ({
    ...snapshot,
    streams: snapshot.streams.map((view, at) => ({
      ...view,
      owner: `s${owners[at % owners.length]}`,
    })),
  }));

function countEnds(planned: Plan): number[] {
  const ends = new Map<string, number>();
  for (const { from, to } of planned.moves) {
    for (const end of [from ?? '', to]) ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  return [...ends.values()];
}

describe('the budgets of moves', () => {
  it('per instance holds at both ends, whatever the moves are made of', () => {
    fc.assert(
      fc.property(disordered, fc.integer({ min: 1, max: 3 }), (snapshot, limit) => {
        const settings = { ...unlimited, maxMovesInFlightPerInstance: limit };
        const planned = plan(snapshot, settings, CONTEXT);
        expect(Math.max(0, ...countEnds(planned))).toBeLessThanOrEqual(limit);
      }),
      RUNS,
    );
  });

  it('per instance counts moves under way', () => {
    fc.assert(
      fc.property(disordered, (snapshot) => {
        const [first] = snapshot.streams;
        const moves = [{ streamId: first!.streamId, from: first!.owner!, to: 's1' }];
        fc.pre(first!.owner === 's0');
        const settings = { ...unlimited, maxMovesInFlightPerInstance: 1 };
        for (const { from, to } of plan({ ...snapshot, moves }, settings, CONTEXT).moves) {
          expect(['s0', 's1']).not.toContain(from);
          expect(['s0', 's1']).not.toContain(to);
        }
      }),
      RUNS,
    );
  });

  it('per plan and in flight hold, and something is done as long as they last', () => {
    fc.assert(
      fc.property(disordered, fc.integer({ min: 1, max: 4 }), (snapshot, limit) => {
        for (const name of ['maxMovesPerPlan', 'maxMovesInFlight'] as const) {
          const planned = plan(snapshot, { ...unlimited, [name]: limit }, CONTEXT);
          const all = plan(snapshot, unlimited, CONTEXT);
          expect(planned.moves.length).toBeLessThanOrEqual(limit);
          if (all.moves.length > limit) expect(planned.stats.stoppedBy).toBe('budget');
        }
      }),
      RUNS,
    );
  });

  it('of effort ends the search, says so, and leaves a plan that can be carried out', () => {
    const snapshot = {
      instances: Array.from({ length: 20 }, (_, at) => instance(`s${at}`)),
      streams: Array.from({ length: 400 }, (_, at) =>
        stream(String(at), { owner: at % 2 === 0 ? 's0' : 's1', weight: 1 + (at % 7) / 10 }),
      ),
    };
    const planned = plan(snapshot, { ...unlimited, maxEvaluated: 500 }, CONTEXT);
    expect(planned.stats.stoppedBy).toBe('effort');
    expect(planned.stats.evaluated).toBeLessThan(5_000);
    expect(planned.after.peak).toBeLessThanOrEqual(planned.before.peak);
  });
});

describe('what a move costs', () => {
  it('keeps what is dear to move where it is', () => {
    fc.assert(
      fc.property(disordered, (snapshot) => {
        const streams = snapshot.streams.map((view) => ({ ...view, moveCost: 1_000 }));
        expect(stepsOf(plan({ ...snapshot, streams }, unlimited, CONTEXT))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('is less than what each step of balance gains, exchanges and newcomers included', () => {
    const shares = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(disordered, shares, (snapshot, moveCostShare) => {
        const { moves } = plan(snapshot, { ...unlimited, moveCostShare }, CONTEXT);
        for (const { gain, cost } of moves) expect(gain).toBeGreaterThan(cost);
      }),
      RUNS,
    );
  });

  it('is nothing by default for a fleet that is even', () => {
    const even = {
      instances: ['a', 'b'].map((serverId) => instance(serverId)),
      streams: Array.from({ length: 10 }, (_, at) =>
        stream(String(at), { owner: at % 2 === 0 ? 'a' : 'b' }),
      ),
    };
    expect(stepsOf(plan(even, defaultPlannerSettings, CONTEXT))).toEqual([]);
  });
});
