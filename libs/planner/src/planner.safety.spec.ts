import * as fc from 'fast-check';
import type { FleetSnapshot, Plan } from './index';
import { defaultPlannerSettings, explain, plan } from './index';
import {
  anyFleet,
  apply,
  CONTEXT,
  exceededLimits,
  holdersDuring,
  isAllowedByLabels,
  planFor,
  shuffled,
  stepsOf,
  unlimited,
} from './fleet.test-support';

const RUNS = { numRuns: 500 };

function always(holds: (snapshot: FleetSnapshot, planned: Plan) => void): void {
  fc.assert(
    fc.property(anyFleet, (snapshot) => holds(snapshot, planFor(snapshot))),
    RUNS,
  );
}

describe('what never happens, whatever the fleet', () => {
  it('exceeds a limit that held before, not even while steps are under way', () => {
    always((snapshot, planned) => {
      const during = holdersDuring(snapshot, planned);
      const nothing = { ...planned, placements: [], moves: [] };
      const found = holdersDuring(snapshot, nothing);
      for (const view of snapshot.instances) {
        const before = exceededLimits(view, found.get(view.serverId) ?? []);
        const worst = exceededLimits(view, during.get(view.serverId) ?? []);
        expect(before).toEqual(expect.arrayContaining(worst));
      }
    });
  });

  it('adds to a limit that is exceeded already', () => {
    always((snapshot, planned) => {
      const found = holdersDuring(snapshot, { ...planned, placements: [], moves: [] });
      for (const step of stepsOf(planned)) {
        const view = snapshot.instances.find((one) => one.serverId === step.to)!;
        const exceeded = exceededLimits(view, found.get(step.to) ?? []);
        const moved = snapshot.streams.find((one) => one.streamId === step.streamId)!;
        expect(exceeded).not.toContain('capacity streams');
        if ((moved.load['cpuCores'] ?? 0) > 0) expect(exceeded).not.toContain('capacity cpuCores');
      }
    });
  });

  it('gives anything to an instance that is not ready', () => {
    always((snapshot, planned) => {
      const ready = snapshot.instances.filter((view) => view.status === 'ready');
      const names = ready.map((view) => view.serverId);
      for (const step of stepsOf(planned)) expect(names).toContain(step.to);
    });
  });

  it('puts a stream where its labels forbid it', () => {
    always((snapshot, planned) => {
      for (const step of stepsOf(planned)) {
        const view = snapshot.streams.find((one) => one.streamId === step.streamId)!;
        const to = snapshot.instances.find((one) => one.serverId === step.to)!;
        expect(isAllowedByLabels(view, to)).toBe(true);
      }
    });
  });

  it('brings two of a spread group together, not even while they move', () => {
    always((snapshot, planned) => {
      const during = holdersDuring(snapshot, planned);
      for (const step of stepsOf(planned)) {
        const { spreadGroup } = snapshot.streams.find((one) => one.streamId === step.streamId)!;
        if (spreadGroup === undefined) continue;
        const group = during.get(step.to)!.filter((one) => one.spreadGroup === spreadGroup);
        expect(group.map((one) => one.streamId)).toEqual([step.streamId]);
      }
    });
  });

  it('places or moves a stream that is disabled, or in the middle of a move', () => {
    always((snapshot, planned) => {
      const moving = (snapshot.moves ?? []).map((move) => move.streamId);
      for (const step of stepsOf(planned)) {
        const view = snapshot.streams.find((one) => one.streamId === step.streamId)!;
        expect(view.enabled).not.toBe(false);
        expect(moving).not.toContain(step.streamId);
      }
    });
  });

  it('gives a stream two steps, or a step to where it is', () => {
    always((_, planned) => {
      const ids = stepsOf(planned).map((step) => step.streamId);
      expect(new Set(ids).size).toBe(ids.length);
      for (const step of stepsOf(planned)) expect(step.to).not.toBe(step.from);
    });
  });

  it('moves a stream to even out load while it rests or when that costs more than it gains', () => {
    always((snapshot, planned) => {
      for (const step of planned.moves) {
        if (step.reason !== 'balance' && step.reason !== 'join') continue;
        const view = snapshot.streams.find((one) => one.streamId === step.streamId)!;
        const restedMs = CONTEXT.now - (view.lastMovedAt ?? 0);
        expect(restedMs).toBeGreaterThanOrEqual(defaultPlannerSettings.cooldownMs);
        expect(step.gain).toBeGreaterThan(step.cost);
      }
    });
  });

  it('uses an instance where the stream failed while another one would take it', () => {
    const lonely = anyFleet
      .filter((snapshot) => snapshot.streams.length > 0)
      .map(({ instances, streams: [first] }) => {
        const { owner: _, ...unowned } = first!;
        return { instances, streams: [{ ...unowned, failedOn: ['s0', 's1'] }] };
      });
    fc.assert(
      fc.property(lonely, (snapshot) => {
        const [step] = planFor(snapshot).placements;
        if (step === undefined || !['s0', 's1'].includes(step.to)) return;
        const { instances } = explain(snapshot, unlimited, step.streamId);
        const open = instances.filter((one) => one.forbiddenBy.length === 0);
        expect(open.every((one) => one.score?.hasFailedThere)).toBe(true);
      }),
      RUNS,
    );
  });

  it('makes more moves than its budgets allow', () => {
    const settings = {
      ...defaultPlannerSettings,
      maxMovesPerPlan: 3,
      maxMovesInFlight: 4,
      maxMovesInFlightPerInstance: 1,
    };
    fc.assert(
      fc.property(anyFleet, (snapshot) => {
        const planned = plan(snapshot, settings, CONTEXT);
        const underWay = snapshot.moves?.length ?? 0;
        expect(planned.moves.length).toBeLessThanOrEqual(Math.max(0, Math.min(3, 4 - underWay)));
        const evening = planned.moves.filter((step) => /balance|join/.test(step.reason));
        const ends = evening.flatMap((step) => [step.from, step.to]);
        expect(new Set(ends).size).toBe(ends.length);
      }),
      RUNS,
    );
  });

  it('leaves more violations, or more streams unplaced, than it found', () => {
    always((_, { before, after }) => {
      expect(after.violations).toBeLessThanOrEqual(before.violations);
      expect(after.unplaced).toBeLessThanOrEqual(before.unplaced);
    });
  });
});

describe('what is always so, whatever the fleet', () => {
  it('the same snapshot, settings and seed give the same plan', () => {
    always((snapshot, planned) => {
      expect(planFor(structuredClone(snapshot))).toEqual(planned);
    });
  });

  it('the order in which instances, streams and moves are listed does not change the plan', () => {
    fc.assert(
      fc.property(
        anyFleet.chain((snapshot) => fc.tuple(fc.constant(snapshot), shuffled(snapshot))),
        ([snapshot, permuted]) => {
          expect(JSON.stringify(planFor(permuted))).toBe(JSON.stringify(planFor(snapshot)));
        },
      ),
      RUNS,
    );
  });

  it('each enabled stream without a live owner is placed or listed with its reasons', () => {
    always((snapshot, planned) => {
      const live = snapshot.instances.filter((view) => view.status !== 'lost');
      const names = live.map((view) => view.serverId);
      const moving = (snapshot.moves ?? []).map((move) => move.streamId);
      const waiting = snapshot.streams.filter((view) => {
        if (view.enabled === false || moving.includes(view.streamId)) return false;
        return view.owner === undefined || !names.includes(view.owner);
      });
      const answered = [...planned.placements, ...planned.unplaced].map((one) => one.streamId);
      expect(answered.sort()).toEqual(waiting.map((view) => view.streamId).sort());
      for (const { reasons } of planned.unplaced) {
        const ruledOut = Object.values(reasons).reduce((sum, count) => sum + count, 0);
        expect(ruledOut).toBe(snapshot.instances.length);
      }
    });
  });

  it('a stream stays unplaced only if explain forbids it every instance afterwards', () => {
    always((snapshot, planned) => {
      const after = { ...apply(snapshot, planned), moves: [] };
      // Counted at both ends: until moves are done, what they leave is not free.
      if (planned.moves.length > 0 || (snapshot.moves ?? []).length > 0) return;
      for (const { streamId } of planned.unplaced) {
        const { instances } = explain(after, unlimited, streamId);
        for (const one of instances) expect(one.forbiddenBy).not.toEqual([]);
      }
    });
  });
});
