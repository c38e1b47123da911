import { acksIn, assignment, MachineBench, ofType } from './machine.test-support';

describe('InstanceMachine: leaving', () => {
  const leave = (bench: MachineBench) =>
    bench.send({ type: 'leave-requested', deadlineMs: bench.nowMs + 30_000 });

  it('drains, goes on until nothing is assigned, then leaves', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 1)]);
    expect(ofType(leave(bench), 'drain')).toHaveLength(1);
    const drained = bench.send({ type: 'drain-answered', incarnation: 1 });
    expect(ofType(drained, 'send-heartbeat')).toHaveLength(1);
    bench.beat();
    bench.push([assignment('1', 1, { desired: 'stop' })], 11);
    const acks = acksIn(bench.stopped('1', 1));
    expect(ofType(bench.everything, 'leave')).toEqual([]);
    const end = bench.send({ type: 'acks-answered', incarnation: 1, acks, results: [] });
    expect(ofType(end, 'leave')).toHaveLength(1);
    expect(ofType(bench.send({ type: 'leave-answered' }), 'finish')).toEqual([
      { type: 'finish', isClean: true },
    ]);
  });

  it('does not leave before a heartbeat sent after the drain shows that nothing more came', () => {
    const bench = new MachineBench();
    bench.join();
    leave(bench);
    bench.nowMs += 10;
    expect(ofType(bench.send({ type: 'drain-answered', incarnation: 1 }), 'leave')).toEqual([]);
    expect(ofType(bench.beat({}, bench.nowMs - 1), 'leave')).toEqual([]);
    expect(ofType(bench.beat(), 'leave')).toHaveLength(1);
  });

  it('stops what was not handed over in time, then leaves', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 1, { exclusive: false })]);
    leave(bench);
    const actions = bench.pass(30_000);
    expect(ofType(actions, 'stop-stream')[0]?.reason).toBe('leaving');
    expect(ofType(bench.stopped('1', 1), 'leave')).toHaveLength(1);
  });

  it('does not say goodbye while a handler is still at work', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 1, { exclusive: false })]);
    leave(bench);
    const actions = bench.pass(60_000);
    expect(ofType(actions, 'leave')).toEqual([]);
    expect(ofType(actions, 'finish')).toEqual([{ type: 'finish', isClean: false }]);
    expect(bench.nextWakeAtMs).toBeUndefined();
  });

  it('finishes at once when it never registered', () => {
    const bench = new MachineBench();
    expect(ofType(leave(bench), 'finish')).toEqual([{ type: 'finish', isClean: true }]);
  });

  it('leaves at once an incarnation that it is granted after all', () => {
    const bench = new MachineBench();
    bench.send({ type: 'begun' });
    expect(leave(bench)).toEqual([]);
    const actions = bench.join([assignment('1', 1)], { incarnation: 3 });
    expect(actions).toEqual([{ type: 'leave', incarnation: 3 }]);
    expect(bench.pass(1_000)).toEqual([]);
    expect(ofType(bench.send({ type: 'leave-answered' }), 'finish')).toHaveLength(1);
  });

  it('does not wait for a registration that ended, nor for one that is never answered', () => {
    const bench = new MachineBench();
    bench.send({ type: 'begun' });
    leave(bench);
    const failed = bench.send({ type: 'registration-failed', reason: 'ECONNREFUSED' });
    expect(ofType(failed, 'finish')).toHaveLength(1);
    const other = new MachineBench();
    other.send({ type: 'begun' });
    leave(other);
    expect(ofType(other.pass(4_999), 'finish')).toEqual([]);
    expect(ofType(other.pass(1), 'finish')).toHaveLength(1);
  });

  it('does not register again when it is fenced while leaving', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 1)]);
    leave(bench);
    bench.send({ type: 'incarnation-fenced', incarnation: 1 });
    const actions = [...bench.stopped('1', 1), ...bench.pass(60_000)];
    expect(ofType(actions, 'register')).toEqual([]);
    expect(ofType(actions, 'finish')).toHaveLength(1);
  });
});
