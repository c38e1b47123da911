import {
  acksIn,
  assignment,
  MachineBench,
  notices,
  ofType,
  USABLE_MS,
} from './machine.test-support';
import type { MachineAction } from './machine.types';

describe('InstanceMachine: local operation', () => {
  const shared = (id: string) => assignment(id, 4, { exclusive: false });
  const autonomous = (id: string) => assignment(id, 1, { autonomyMs: 60_000 });

  function running(bench: MachineBench): MachineBench {
    bench.join([assignment('1', 1), autonomous('2'), shared('3')]);
    for (const [id, epoch] of [['1', 1] as const, ['2', 1] as const, ['3', 4] as const]) {
      bench.started(id, epoch);
      bench.answerAcks();
    }
    return bench;
  }

  const stops = (actions: readonly MachineAction[]) =>
    ofType(actions, 'stop-stream').map(({ stream, reason }) => `${stream.streamId} ${reason}`);
  const noticesNamed = (actions: readonly MachineAction[], name: string) =>
    ofType(actions, 'notify').flatMap(({ notice }) => (notice.name === name ? [notice] : []));

  it('begins with the loss of the lease and says what goes on', () => {
    const bench = running(new MachineBench());
    const actions = bench.pass(USABLE_MS);
    expect(stops(actions)).toEqual(['1 lease-lost']);
    const [began] = noticesNamed(actions, 'localOperationBegan');
    expect(began).toMatchObject({ exclusive: 1, others: 1 });
    expect(notices(actions).indexOf('leaseLost')).toBeLessThan(
      notices(actions).indexOf('localOperationBegan'),
    );
    expect(stops(bench.pass(59_999))).toEqual([]);
    expect(stops(bench.pass(1))).toEqual(['2 lease-lost']);
    expect(stops(bench.pass(3_600_000))).toEqual([]);
  });

  it('ends with the next lease, says how long it took, and restarts nothing', () => {
    const bench = running(new MachineBench());
    bench.pass(USABLE_MS + 5_000);
    bench.stopped('1', 1);
    const actions = bench.beat();
    expect(noticesNamed(actions, 'localOperationEnded')).toMatchObject([
      { durationMs: 5_000, exclusive: 1, others: 1 },
    ]);
    expect(stops(actions)).toEqual([]);
    const running2 = [
      { streamId: '2', epoch: 1 },
      { streamId: '3', epoch: 4 },
    ];
    expect(ofType(actions, 'resync')[0]?.running).toEqual(running2);
    const response = { start: [assignment('1', 2)], stop: [], revision: 30 };
    const mended = bench.send({ type: 'resync-answered', incarnation: 1, response });
    expect(ofType(mended, 'start-stream').map((a) => a.assignment.streamId)).toEqual(['1']);
    expect(stops(bench.pass(60_000 - 5_000))).not.toContain('2 lease-lost');
  });

  it('stops streams that are not exclusive as well when the host wants that', () => {
    const localPolicy = { nonExclusive: 'stop', maxMs: Number.POSITIVE_INFINITY } as const;
    const bench = running(new MachineBench({ localPolicy }));
    const actions = bench.pass(USABLE_MS);
    expect(stops(actions)).toEqual(['1 lease-lost', '3 cut-off']);
    expect(noticesNamed(actions, 'localOperationBegan')).toMatchObject([{ others: 0 }]);
  });

  it('lets them go on for as long as the host allows, not longer', () => {
    const localPolicy = { nonExclusive: 'continue', maxMs: 120_000 } as const;
    const bench = running(new MachineBench({ localPolicy }));
    bench.pass(USABLE_MS);
    expect(stops(bench.pass(119_999))).toEqual(['2 lease-lost']);
    expect(stops(bench.pass(1))).toEqual(['3 cut-off']);
    bench.stopped('3', 4);
    expect(bench.machine.runningCount).toBe(0);
  });

  it('counts from the loss of the lease, however often registering fails after it', () => {
    const localPolicy = { nonExclusive: 'continue', maxMs: 120_000 } as const;
    const bench = running(new MachineBench({ localPolicy }));
    const fenced = bench.send({ type: 'incarnation-fenced', incarnation: 1 });
    expect(stops(fenced)).toEqual(['1 fenced', '2 fenced']);
    expect(noticesNamed(fenced, 'localOperationBegan')).toHaveLength(1);
    const actions: MachineAction[] = [];
    for (let attempt = 0; attempt < 60; attempt += 1) {
      actions.push(...bench.pass(5_000));
      const reason = 'ECONNREFUSED';
      actions.push(...bench.send({ type: 'registration-failed', reason }));
    }
    expect(stops(actions)).toEqual(['3 cut-off']);
    expect(ofType(actions, 'register').length).toBeGreaterThan(20);
    expect(noticesNamed(actions, 'localOperationBegan')).toEqual([]);
  });

  it('keeps what runs and is still its own over a fence, under its epoch', () => {
    const bench = running(new MachineBench());
    bench.send({ type: 'incarnation-fenced', incarnation: 1 });
    bench.stopped('1', 1);
    bench.stopped('2', 1);
    const actions = bench.join([shared('3'), assignment('1', 2)], { incarnation: 2 });
    expect(stops(actions)).toEqual([]);
    expect(ofType(actions, 'start-stream').map((a) => a.assignment.streamId)).toEqual(['1']);
    expect(noticesNamed(actions, 'localOperationEnded')).toHaveLength(1);
  });

  it('says again what runs to an incarnation that keeps it: nobody may have heard of it', () => {
    const bench = new MachineBench();
    bench.join([shared('3')]);
    bench.started('3', 4);
    bench.send({ type: 'instance-unknown', incarnation: 1 });
    const actions = bench.join([shared('3')], { incarnation: 2 });
    expect(acksIn(actions)).toEqual([{ streamId: '3', epoch: 4, state: 'running' }]);
    expect(ofType(actions, 'start-stream')).toEqual([]);
  });

  it('lists anew for each attempt to register, never what has stopped meanwhile', () => {
    const bench = running(new MachineBench());
    const unknown = bench.send({ type: 'instance-unknown', incarnation: 1 });
    const first = [...unknown, ...bench.pass(10)];
    expect(ofType(first, 'register')[0]?.running).toHaveLength(3);
    bench.pass(USABLE_MS);
    bench.stopped('1', 1);
    bench.send({ type: 'registration-failed', reason: 'ECONNREFUSED' });
    const [again] = ofType(bench.pass(10_000), 'register');
    expect(again?.running.map(({ streamId }) => streamId)).toEqual(['2', '3']);
  });
});
