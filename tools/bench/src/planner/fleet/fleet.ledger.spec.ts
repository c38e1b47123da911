import type { Plan } from '@weir/planner';
import { FleetLedger } from './fleet.ledger';
import { readyInstance, readyInstances } from './instance.rows';

function open(): FleetLedger {
  return new FleetLedger({ instances: readyInstances(2, 10), weights: Float64Array.of(1, 2) });
}

function planOf(steps: Partial<Pick<Plan, 'placements' | 'moves'>>): Plan {
  return { placements: [], moves: [], ...steps } as unknown as Plan;
}

const step = { reason: 'orphaned', gain: 1, cost: 0 } as const;

describe('the ledger of a fleet', () => {
  it('gives streams without an owner first, and with what plans gave them later', () => {
    const ledger = open();
    expect(ledger.snapshot().streams[0]).toEqual({
      streamId: '1',
      load: { weight: 1 },
      priority: 5,
      exclusive: true,
      enabled: true,
    });
    ledger.apply(planOf({ placements: [{ ...step, streamId: '1', to: 'instance-1' }] }), 100);
    expect(ledger.snapshot().streams[0]).toMatchObject({ owner: 'instance-1', assignedAt: 100 });
    expect(ledger.snapshot().streams[0]).not.toHaveProperty('lastMovedAt');
    ledger.apply(planOf({ moves: [{ ...step, streamId: '1', to: 'instance-0' }] }), 200);
    expect(ledger.snapshot().streams[0]).toMatchObject({
      owner: 'instance-0',
      assignedAt: 200,
      lastMovedAt: 200,
    });
    expect([...ledger.loads()]).toEqual([1, 0]);
  });

  it('keeps the name of an owner that is gone, and knows it when it comes back', () => {
    const ledger = open();
    ledger.assign(1, 1, 0);
    ledger.dropInstance('instance-1');
    const { instances, streams } = ledger.snapshot();
    expect(instances.map((view) => view.serverId)).toEqual(['instance-0']);
    expect(streams[1]).toMatchObject({ owner: 'instance-1' });
    expect(ledger.putInstance(readyInstance(1, 10))).toBe(1);
    expect(ledger.putInstance(readyInstance(2, 10))).toBe(2);
  });

  it('refuses steps for streams and instances that it never had', () => {
    const to = 'instance-0';
    expect(() => open().apply(planOf({ moves: [{ ...step, streamId: '3', to }] }), 0)).toThrow(
      'no stream 3',
    );
    const elsewhere = planOf({ moves: [{ ...step, streamId: '1', to: 'x' }] });
    expect(() => open().apply(elsewhere, 0)).toThrow('no instance x');
  });
});
