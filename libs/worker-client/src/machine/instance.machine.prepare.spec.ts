import { computeDigest } from '@weir/domain';
import { acksIn, assignment, MachineBench, notices, ofType } from './machine.test-support';
import type { MachineAction } from './machine.types';

describe('InstanceMachine: prepare', () => {
  const preparation = (epoch: number) => assignment('1', epoch, { desired: 'prepare' });
  const stream = { streamId: '1', epoch: 7 };

  /** A bench on which an epoch is prepared, and its ack answered. */
  function prepared(epoch = 7): MachineBench {
    const bench = new MachineBench();
    bench.join();
    bench.push([preparation(epoch)], 11);
    bench.send({ type: 'stream-prepared', stream: { streamId: '1', epoch } });
    bench.answerAcks();
    return bench;
  }

  const started = (actions: readonly MachineAction[]) =>
    ofType(actions, 'start-stream').map((action) => action.assignment.epoch);

  it('acknowledges with the epoch that it was asked for, and never counts it as running', () => {
    const bench = new MachineBench();
    bench.join();
    const asked = bench.push([preparation(7)], 11);
    expect(ofType(asked, 'prepare-stream')).toHaveLength(1);
    const actions = bench.send({ type: 'stream-prepared', stream });
    expect(acksIn(actions)).toEqual([{ ...stream, state: 'prepared' }]);
    expect(notices(actions)).toEqual(['assignmentPrepared']);
    expect(bench.machine.runningCount).toBe(0);
    expect(ofType(bench.pass(5_000), 'send-heartbeat')[0]?.running).toEqual(computeDigest([]));
  });

  it('starts what it prepared under the higher epoch that follows', () => {
    const bench = prepared();
    const actions = bench.push([assignment('1', 8)], 12);
    expect(started(actions)).toEqual([8]);
    expect(ofType(actions, 'stop-stream')).toEqual([]);
    expect(acksIn(bench.started('1', 8))).toEqual([{ streamId: '1', epoch: 8, state: 'running' }]);
  });

  it('starts at once while the preparation is still under way, whose end then says nothing', () => {
    const bench = new MachineBench();
    bench.join();
    bench.push([preparation(7)], 11);
    expect(started(bench.push([assignment('1', 8)], 12))).toEqual([8]);
    expect(acksIn(bench.send({ type: 'stream-prepared', stream }))).toEqual([]);
    const failure = { during: 'prepare', error: 'too late' } as const;
    expect(acksIn(bench.send({ type: 'stream-failed', stream, failure }))).toEqual([]);
    expect(bench.machine.runningCount).toBe(1);
  });

  it('stops what it prepared, acknowledges that, and may be asked for the same epoch again', () => {
    const bench = prepared();
    const told = bench.push([assignment('1', 7, { desired: 'stop' })], 12);
    expect(ofType(told, 'stop-stream')[0]?.stream).toEqual(stream);
    const stopped = bench.stopped('1', 7);
    expect(acksIn(stopped)).toEqual([{ ...stream, state: 'stopped' }]);
    expect(notices(stopped)).toEqual([]);
    expect(ofType(bench.push([preparation(7)], 13), 'prepare-stream')).toHaveLength(1);
  });

  it('prepares again after the stop when it is asked while it stops the same epoch', () => {
    const bench = prepared();
    bench.push([assignment('1', 7, { desired: 'stop' })], 12);
    expect(ofType(bench.push([preparation(7)], 13), 'prepare-stream')).toEqual([]);
    expect(ofType(bench.stopped('1', 7), 'prepare-stream')).toHaveLength(1);
  });

  it('acknowledges again what it has prepared already', () => {
    const bench = prepared();
    expect(acksIn(bench.push([preparation(7)], 12))).toEqual([{ ...stream, state: 'prepared' }]);
  });

  it('prepares anew when the owner, and with it the epoch, has changed', () => {
    const bench = prepared();
    const actions = bench.push([preparation(9)], 12);
    expect(ofType(actions, 'prepare-stream').map((a) => a.assignment.epoch)).toEqual([9]);
    expect(acksIn(bench.send({ type: 'stream-prepared', stream }))).toEqual([]);
    const now = { streamId: '1', epoch: 9 };
    expect(acksIn(bench.send({ type: 'stream-prepared', stream: now }))).toHaveLength(1);
  });

  it('first stops an older epoch that it still runs: another owns the stream by now', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 5)]);
    bench.started('1', 5);
    const actions = bench.push([preparation(7)], 11);
    expect(ofType(actions, 'stop-stream')).toMatchObject([{ reason: 'superseded' }]);
    expect(ofType(actions, 'prepare-stream')).toEqual([]);
    expect(bench.machine.runningCount).toBe(0);
    expect(ofType(bench.stopped('1', 5), 'prepare-stream')).toHaveLength(1);
  });

  it('prepares an epoch above one that it has stopped', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 5)]);
    bench.push([assignment('1', 5, { desired: 'stop' })], 11);
    bench.stopped('1', 5);
    expect(ofType(bench.push([preparation(6)], 12), 'prepare-stream')).toHaveLength(1);
  });

  it('ignores a preparation of what it runs itself, or of what is older', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 7)]);
    for (const epoch of [6, 7]) {
      const actions = bench.push([preparation(epoch)], 10 + epoch);
      expect([...ofType(actions, 'prepare-stream'), ...ofType(actions, 'stop-stream')]).toEqual([]);
    }
    expect(bench.machine.runningCount).toBe(1);
  });

  it('acknowledges a failed preparation for its epoch, and a stop that follows', () => {
    const bench = new MachineBench();
    bench.join();
    bench.push([preparation(7)], 11);
    const failure = { during: 'prepare', error: 'no such host' } as const;
    const actions = bench.send({ type: 'stream-failed', stream, failure });
    expect(acksIn(actions)).toEqual([{ ...stream, state: 'failed', error: 'no such host' }]);
    bench.answerAcks();
    const told = bench.push([assignment('1', 7, { desired: 'stop' })], 12);
    expect(acksIn(told)).toEqual([{ ...stream, state: 'stopped' }]);
    expect(ofType(bench.push([preparation(7)], 13), 'prepare-stream')).toHaveLength(1);
  });

  it('drops preparations when it registers anew', () => {
    const bench = prepared();
    bench.send({ type: 'instance-unknown', incarnation: 1 });
    const actions = bench.join([], { incarnation: 2 });
    expect(ofType(actions, 'stop-stream')).toMatchObject([{ stream, reason: 'not-owned' }]);
    expect(acksIn(bench.stopped('1', 7))).toEqual([]);
  });

  it('drops preparations when it leaves, so that nothing waits for them', () => {
    const bench = prepared();
    const asked = bench.send({ type: 'leave-requested', deadlineMs: bench.nowMs + 30_000 });
    expect(ofType(asked, 'stop-stream')).toHaveLength(1);
    bench.stopped('1', 7);
    bench.send({ type: 'drain-answered', incarnation: 1 });
    expect(ofType(bench.beat(), 'leave')).toHaveLength(1);
  });

  it('never lists a preparation in a resync, nor waits for its stop before one', () => {
    const bench = prepared();
    bench.push([assignment('1', 7, { desired: 'stop' })], 12);
    const [resync] = ofType(bench.beat({ resync: true, revision: 12 }), 'resync');
    expect(resync).toMatchObject({ running: [], seenRevision: 12 });
  });
});
