import { acksIn, assignment, MachineBench, ofType } from './machine.test-support';
import type { MachineAction } from './machine.types';

describe('InstanceMachine: consistency checks', () => {
  const stream = { streamId: '1', epoch: 7 };

  function running(checkIntervalMs = 60_000): MachineBench {
    const bench = new MachineBench({ checkIntervalMs });
    bench.join([assignment('1', 7), assignment('2', 7)]);
    for (const id of ['1', '2']) {
      bench.started(id, 7);
      bench.answerAcks();
    }
    return bench;
  }

  /** Lets time pass with heartbeats that are answered, until the handler is asked. */
  function passToCheck(bench: MachineBench): void {
    for (let beat = 0; beat < 30; beat += 1) {
      const actions = [...bench.pass(5_000), ...bench.beat()];
      if (ofType(actions, 'inspect-handler').length > 0) return;
    }
    throw new Error('the handler was never asked');
  }

  const inspected = (bench: MachineBench, ...ids: string[]) =>
    bench.send({
      type: 'handler-inspected',
      handled: ids.map((streamId) => ({ streamId, epoch: 7 })),
    });
  const outcomes = (actions: readonly MachineAction[]) =>
    ofType(actions, 'notify').flatMap(({ notice }) =>
      notice.name === 'checkPassed' || notice.name === 'checkFailed' ? [notice] : [],
    );

  it('asks the handler once per interval, and the control plane by the next heartbeat', () => {
    const bench = running();
    passToCheck(bench);
    const asked = inspected(bench, '1', '2');
    expect(ofType(asked, 'send-heartbeat')).toHaveLength(1);
    expect(outcomes(bench.beat({}, bench.nowMs - 1))).toEqual([]);
    expect(outcomes(bench.beat())).toMatchObject([
      { name: 'checkPassed', streams: 2, died: [], strays: [], controlPlane: 'agrees' },
    ]);
    expect(ofType(bench.pass(40_000), 'inspect-handler')).toEqual([]);
    passToCheck(bench);
  });

  it('reports what died without a word as failed, once the handler has stopped it', () => {
    const bench = running();
    passToCheck(bench);
    const actions = inspected(bench, '2');
    expect(ofType(actions, 'stop-stream')).toMatchObject([{ stream, reason: 'failed' }]);
    expect(bench.machine.runningCount).toBe(2);
    const error = 'the handler does not run it any more';
    expect(acksIn(bench.stopped('1', 7))).toEqual([{ ...stream, state: 'failed', error }]);
    expect(outcomes(bench.beat())).toMatchObject([{ name: 'checkFailed', died: [stream] }]);
    bench.answerAcks();
    expect(bench.machine.runningCount).toBe(1);
  });

  it('has the handler stop what it should not run', () => {
    const bench = running();
    passToCheck(bench);
    const stray = { streamId: '9', epoch: 7 };
    expect(ofType(inspected(bench, '1', '2', '9'), 'stop-stray')).toEqual([
      { type: 'stop-stray', stream: stray },
    ]);
    expect(outcomes(bench.beat())).toMatchObject([{ name: 'checkFailed', strays: [stray] }]);
  });

  it('looks over what is starting or stopping at that moment', () => {
    const bench = running();
    bench.push([assignment('1', 7, { desired: 'stop' }), assignment('3', 7)], 11);
    passToCheck(bench);
    const actions = inspected(bench, '1', '2');
    expect([...ofType(actions, 'stop-stray'), ...ofType(actions, 'stop-stream')]).toEqual([]);
  });

  it('tells that the control plane disagrees, and resyncs', () => {
    const bench = running();
    passToCheck(bench);
    inspected(bench, '1', '2');
    const actions = bench.beat({ resync: true });
    expect(outcomes(actions)).toMatchObject([{ name: 'checkFailed', controlPlane: 'disagrees' }]);
    expect(ofType(actions, 'resync')).toHaveLength(1);
  });

  it('tells what it knows when the control plane cannot be asked', () => {
    const bench = running();
    passToCheck(bench);
    bench.send({ type: 'handler-inspected', handled: undefined });
    const changes = [assignment('3', 8)];
    for (let beat = 1; beat <= 2; beat += 1) {
      expect(outcomes(bench.beat({ revision: 10 + beat, changes }))).toEqual([]);
    }
    expect(outcomes(bench.beat({ revision: 13, changes }))).toMatchObject([
      { name: 'checkPassed', controlPlane: 'unknown' },
    ]);
    passToCheck(bench);
    inspected(bench, '1', '2');
    const fenced = bench.send({ type: 'incarnation-fenced', incarnation: 1 });
    expect(outcomes(fenced)).toMatchObject([{ controlPlane: 'unknown' }]);
  });

  it('never checks without a lease, while leaving, or when switched off', () => {
    const bench = running(0);
    bench.pass(600_000);
    const other = running();
    other.pass(600_000);
    const leaving = running();
    leaving.send({ type: 'leave-requested', deadlineMs: leaving.nowMs + 900_000 });
    for (let beat = 0; beat < 60; beat += 1) {
      leaving.pass(5_000);
      leaving.beat();
    }
    const all = [...bench.everything, ...other.everything, ...leaving.everything];
    expect(ofType(all, 'inspect-handler')).toEqual([]);
  });
});

describe('InstanceMachine: a stream that breaks while it runs', () => {
  const stream = { streamId: '1', epoch: 7 };
  const broke = { type: 'stream-broke', stream, error: 'decoder gone' } as const;

  function running(): MachineBench {
    const bench = new MachineBench();
    bench.join([assignment('1', 7)]);
    bench.started('1', 7);
    bench.answerAcks();
    return bench;
  }

  it('is stopped, then told as failed with its checkpoint, and assigned until that is known', () => {
    const bench = running();
    const actions = bench.send(broke);
    expect(ofType(actions, 'stop-stream')).toMatchObject([{ stream, reason: 'failed' }]);
    expect(acksIn(actions)).toEqual([]);
    const told = acksIn(bench.stopped('1', 7, { at: 3 }));
    expect(told).toEqual([
      { ...stream, state: 'failed', error: 'decoder gone', checkpoint: { at: 3 } },
    ]);
    expect(bench.machine.runningCount).toBe(1);
    bench.answerAcks();
    expect(bench.machine.runningCount).toBe(0);
    expect(ofType(bench.push([assignment('1', 7)], 12), 'start-stream')).toEqual([]);
  });

  it('is told as stopped when the control plane asked for that meanwhile', () => {
    const bench = running();
    bench.send(broke);
    bench.push([assignment('1', 7, { desired: 'stop' })], 11);
    expect(acksIn(bench.stopped('1', 7))).toEqual([{ ...stream, state: 'stopped' }]);
    expect(bench.machine.runningCount).toBe(0);
  });

  it('holds back a resync until it has stopped, and is listed in it until it is known', () => {
    const bench = running();
    bench.send(broke);
    expect(ofType(bench.beat({ resync: true }), 'resync')).toEqual([]);
    const [resync] = ofType(bench.stopped('1', 7), 'resync');
    expect(resync?.running).toEqual([stream]);
  });

  it('is told as a failed preparation when it was only prepared', () => {
    const bench = new MachineBench();
    bench.join();
    bench.push([assignment('1', 7, { desired: 'prepare' })], 11);
    bench.send({ type: 'stream-prepared', stream });
    bench.answerAcks();
    expect(ofType(bench.send(broke), 'stop-stream')).toHaveLength(1);
    expect(acksIn(bench.stopped('1', 7))).toEqual([
      { ...stream, state: 'failed', error: 'decoder gone' },
    ]);
  });

  it('breaks once, and not at all under another epoch', () => {
    const bench = running();
    expect(bench.send({ ...broke, stream: { streamId: '1', epoch: 6 } })).toEqual([]);
    bench.send(broke);
    expect(ofType(bench.send(broke), 'stop-stream')).toEqual([]);
  });
});
