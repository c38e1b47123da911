import { computeDigest } from '@weir/domain';
import type { Ack } from '@weir/domain';
import {
  acksIn,
  assignment,
  MachineBench,
  notices,
  ofType,
  USABLE_MS,
} from './machine.test-support';

describe('InstanceMachine: assignments', () => {
  it('registers first, then watches and starts what it was given', () => {
    const bench = new MachineBench();
    expect(bench.send({ type: 'begun' })).toEqual([{ type: 'register', running: [] }]);
    const actions = bench.join([assignment('1', 7)]);
    expect(ofType(actions, 'start-stream').map((a) => a.assignment.streamId)).toEqual(['1']);
    expect(ofType(actions, 'watch')).toEqual([{ type: 'watch', incarnation: 1 }]);
  });

  it('acknowledges a stream as running only when its handler says so', () => {
    const bench = new MachineBench();
    expect(acksIn(bench.join([assignment('1', 7)]))).toEqual([]);
    expect(acksIn(bench.started('1', 7))).toEqual([{ streamId: '1', epoch: 7, state: 'running' }]);
  });

  it('waits for notBeforeMs from receipt, and counts the stream as running meanwhile', () => {
    const bench = new MachineBench();
    const actions = bench.join([assignment('1', 7, { notBeforeMs: 3_000 })]);
    expect(ofType(actions, 'start-stream')).toEqual([]);
    expect(bench.machine.runningCount).toBe(1);
    expect(ofType(bench.pass(2_999), 'start-stream')).toEqual([]);
    expect(ofType(bench.pass(1), 'start-stream')).toHaveLength(1);
  });

  it('stops, then acknowledges with the checkpoint, and leaves the running set at once', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 7)]);
    bench.started('1', 7);
    const actions = bench.push([assignment('1', 7, { desired: 'stop' })], 11);
    expect(ofType(actions, 'stop-stream')).toEqual([
      { type: 'stop-stream', stream: { streamId: '1', epoch: 7 }, reason: 'assigned-away' },
    ]);
    expect([bench.machine.runningCount, bench.machine.currentRevision]).toEqual([0, 11]);
    bench.send({ type: 'acks-answered', incarnation: 1, acks: [], results: [] });
    expect(acksIn(bench.stopped('1', 7, { offset: 5 }))).toEqual([
      { streamId: '1', epoch: 7, state: 'stopped', checkpoint: { offset: 5 } },
    ]);
  });

  it('stops the old epoch and waits for its end before it starts a newer one', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 7)]);
    const actions = bench.push([assignment('1', 9)], 11);
    expect(ofType(actions, 'stop-stream')[0]?.reason).toBe('superseded');
    expect(ofType(actions, 'start-stream')).toEqual([]);
    const next = ofType(bench.stopped('1', 7), 'start-stream');
    expect(next.map((a) => a.assignment.epoch)).toEqual([9]);
  });

  it('acknowledges the epoch it was told to stop when only an older one was still stopping', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 7)]);
    bench.push([assignment('1', 9)], 11);
    bench.push([assignment('1', 9, { desired: 'stop' })], 12);
    const actions = bench.stopped('1', 7);
    expect(ofType(actions, 'start-stream')).toEqual([]);
    expect(acksIn(actions)).toEqual([{ streamId: '1', epoch: 9, state: 'stopped' }]);
  });

  it('confirms the stop of an epoch older than the one that runs, which goes on', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 9)]);
    const actions = bench.push([assignment('1', 7, { desired: 'stop' })], 11);
    expect(ofType(actions, 'stop-stream')).toEqual([]);
    expect(acksIn(actions)).toEqual([{ streamId: '1', epoch: 7, state: 'stopped' }]);
  });

  it('confirms the stop of an older epoch only when that has ended for the newer one', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 7)]);
    bench.push([assignment('1', 9)], 11);
    expect(acksIn(bench.push([assignment('1', 7, { desired: 'stop' })], 12))).toEqual([]);
    const actions = bench.stopped('1', 7);
    expect(acksIn(actions)).toEqual([{ streamId: '1', epoch: 7, state: 'stopped' }]);
    expect(ofType(actions, 'start-stream')).toHaveLength(1);
  });

  it('never starts an epoch again that it has stopped', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 7)]);
    bench.push([assignment('1', 7, { desired: 'stop' })], 11);
    bench.stopped('1', 7);
    expect(ofType(bench.push([assignment('1', 7)], 12), 'start-stream')).toEqual([]);
    expect(ofType(bench.push([assignment('1', 8)], 13), 'start-stream')).toHaveLength(1);
  });

  it('ignores the changes of an answer older than what it has seen, but counts its lease', () => {
    const bench = new MachineBench();
    bench.join();
    bench.push([], 20);
    bench.nowMs += 4_000;
    const actions = bench.beat({ revision: 19, changes: [assignment('1', 7)] });
    expect(ofType(actions, 'start-stream')).toEqual([]);
    expect(ofType(actions, 'set-deadline')[0]?.deadlineMs).toBe(5_000 + USABLE_MS);
  });

  it('reports a failed start and keeps the stream assigned until that is acknowledged', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 7)]);
    const failure = { during: 'start', error: 'no such host' } as const;
    const stream = { streamId: '1', epoch: 7 };
    const actions = bench.send({ type: 'stream-failed', stream, failure });
    const acks = acksIn(actions);
    expect(acks).toEqual([{ ...stream, state: 'failed', error: 'no such host' }]);
    expect(bench.machine.runningCount).toBe(1);
    bench.send({ type: 'acks-answered', incarnation: 1, acks, results: [] });
    expect(bench.machine.runningCount).toBe(0);
  });

  it('prepares without counting it as running, then starts what it prepared', () => {
    const bench = new MachineBench();
    bench.join();
    const actions = bench.push([assignment('1', 7, { desired: 'prepare' })], 11);
    expect(ofType(actions, 'prepare-stream')).toHaveLength(1);
    expect(bench.machine.runningCount).toBe(0);
    const stream = { streamId: '1', epoch: 7 };
    expect(acksIn(bench.send({ type: 'stream-prepared', stream }))[0]?.state).toBe('prepared');
    expect(ofType(bench.push([assignment('1', 8)], 12), 'start-stream')).toHaveLength(1);
  });

  it('sends acks one request at a time, 500 at most, gathering the others meanwhile', () => {
    const bench = new MachineBench();
    const ids = Array.from({ length: 700 }, (_, index) => String(index + 1));
    bench.join(ids.map((id) => assignment(id, 1)));
    const first = ofType(bench.started('1', 1), 'send-acks')[0]?.acks ?? [];
    expect(first).toHaveLength(1);
    for (const id of ids.slice(1)) expect(acksIn(bench.started(id, 1))).toEqual([]);
    const answer = (acks: readonly Ack[]) =>
      acksIn(bench.send({ type: 'acks-answered', incarnation: 1, acks, results: [] }));
    const second = answer(first);
    expect(second).toHaveLength(500);
    expect(answer(second)).toHaveLength(199);
  });

  it('splits acks whose checkpoints would make the request too large', () => {
    const bench = new MachineBench();
    const ids = Array.from({ length: 30 }, (_, index) => String(index + 1));
    bench.join(ids.map((id) => assignment(id, 1)));
    bench.push(
      ids.map((id) => assignment(id, 1, { desired: 'stop' })),
      11,
    );
    const batches = ids.map((id) => acksIn(bench.stopped(id, 1, { blob: 'x'.repeat(16_000) })));
    const first = batches.flat();
    expect(first).toHaveLength(1);
    const actions = bench.send({ type: 'acks-answered', incarnation: 1, acks: first, results: [] });
    expect(JSON.stringify(acksIn(actions)).length).toBeLessThan(200 * 1024);
    expect(acksIn(actions).length).toBeGreaterThan(1);
  });
});

describe('InstanceMachine: lease', () => {
  it('counts the lease from when the heartbeat was sent, and never shortens it', () => {
    const bench = new MachineBench();
    bench.join();
    bench.nowMs = 3_000;
    const actions = bench.beat({}, 2_000);
    expect(ofType(actions, 'set-deadline')[0]?.deadlineMs).toBe(2_000 + USABLE_MS);
    expect(ofType(bench.beat({}, 1_500), 'set-deadline')).toEqual([]);
  });

  it('stops exclusive streams at the deadline, by itself, and lets the others run', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 1), assignment('2', 1, { exclusive: false })]);
    expect(ofType(bench.pass(USABLE_MS - 1), 'stop-stream')).toEqual([]);
    const actions = bench.pass(1);
    expect(ofType(actions, 'stop-stream')).toEqual([
      { type: 'stop-stream', stream: { streamId: '1', epoch: 1 }, reason: 'lease-lost' },
    ]);
    expect(notices(actions)).toContain('leaseLost');
    expect(bench.machine.runningCount).toBe(1);
  });

  it('lets a stream with autonomyMs run that much longer', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 1, { autonomyMs: 60_000 }), assignment('2', 1)]);
    const atDeadline = ofType(bench.pass(USABLE_MS), 'stop-stream');
    expect(atDeadline.map((a) => a.stream.streamId)).toEqual(['2']);
    expect(ofType(bench.pass(59_999), 'stop-stream')).toEqual([]);
    expect(ofType(bench.pass(1), 'stop-stream').map((a) => a.stream.streamId)).toEqual(['1']);
  });

  it('does not start under a lost lease what was waiting for its time', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 1, { notBeforeMs: USABLE_MS + 10 })]);
    expect(ofType(bench.pass(USABLE_MS + 1_000), 'start-stream')).toEqual([]);
    expect(bench.machine.runningCount).toBe(0);
  });

  it('gives up a waiting start with the lease, even of a stream that could run on without', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 1, { notBeforeMs: USABLE_MS + 10, autonomyMs: 60_000 })]);
    bench.pass(USABLE_MS);
    expect(bench.machine.runningCount).toBe(0);
  });

  it('resyncs once after a late renewal, when everything exclusive has really stopped', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 1), assignment('2', 4, { exclusive: false })]);
    bench.pass(USABLE_MS + 2_000);
    expect(ofType(bench.beat(), 'resync')).toEqual([]);
    const actions = bench.stopped('1', 1);
    const running = [{ streamId: '2', epoch: 4 }];
    const resync = { type: 'resync', incarnation: 1, seenRevision: 10, running };
    expect(ofType(actions, 'resync')).toEqual([resync]);
    const response = { start: [assignment('1', 2)], stop: [], revision: 30 };
    const resynced = bench.send({ type: 'resync-answered', incarnation: 1, response });
    expect(ofType(resynced, 'start-stream').map((a) => a.assignment.epoch)).toEqual([2]);
    expect(ofType(bench.beat({ revision: 30 }), 'resync')).toEqual([]);
  });

  it('resyncs when told to, one at a time', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 1)]);
    expect(ofType(bench.beat({ resync: true }), 'resync')).toHaveLength(1);
    expect(ofType(bench.beat({ resync: true }), 'resync')).toEqual([]);
    const response = { start: [], stop: [{ streamId: '1', epoch: 1, reason: 'NOT_OWNED' }] };
    const event = { incarnation: 1, response: { ...response, revision: 11 } };
    const actions = bench.send({ type: 'resync-answered', ...event });
    expect(ofType(actions, 'stop-stream')).toHaveLength(1);
    bench.stopped('1', 1);
    bench.nowMs += 1;
    expect(ofType(bench.beat({ resync: true }, bench.nowMs - 1), 'resync')).toEqual([]);
    expect(ofType(bench.beat({ resync: true }), 'resync')).toHaveLength(1);
  });

  it('does not resync while an exclusive stream is stopping: that would give it away', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 1), assignment('2', 2)]);
    bench.push([assignment('1', 1, { desired: 'stop' })], 11);
    expect(ofType(bench.beat({ revision: 11, resync: true }), 'resync')).toEqual([]);
    const running = [{ streamId: '2', epoch: 2 }];
    expect(ofType(bench.stopped('1', 1), 'resync')[0]?.running).toEqual(running);
  });

  it('starts nothing while a resync is under way, and asks for it afterwards', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 1)]);
    expect(ofType(bench.beat({ resync: true }), 'resync')).toHaveLength(1);
    bench.nowMs += 10;
    const changes = [assignment('2', 2)];
    const meanwhile = [...bench.push(changes, 11), ...bench.beat({ revision: 11, changes })];
    expect(ofType(meanwhile, 'start-stream')).toEqual([]);
    expect(bench.machine.currentRevision).toBe(10);
    const response = { start: [], stop: [], revision: 11 };
    const ended = bench.send({ type: 'resync-answered', incarnation: 1, response });
    expect(ofType(ended, 'send-heartbeat')).toMatchObject([{ seenRevision: 10 }]);
    expect(ofType(bench.push([assignment('3', 3)], 12), 'start-stream')).toEqual([]);
    const all = [...changes, assignment('3', 3)];
    expect(ofType(bench.beat({ revision: 12, changes: all }), 'start-stream')).toHaveLength(2);
    expect(ofType(bench.push([assignment('4', 4)], 13), 'start-stream')).toHaveLength(1);
  });

  it('lists anew for each attempt to resync, later with each failure', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 1)]);
    bench.beat({ resync: true });
    const failed = { type: 'resync-failed', incarnation: 1 } as const;
    expect(ofType(bench.send(failed), 'resync')).toEqual([]);
    bench.push([assignment('2', 2)], 11);
    const running = [
      { streamId: '1', epoch: 1 },
      { streamId: '2', epoch: 2 },
    ];
    expect(ofType(bench.pass(100), 'resync')).toMatchObject([{ running }]);
    bench.send(failed);
    expect(ofType(bench.pass(100), 'resync')).toEqual([]);
    expect(ofType(bench.pass(100), 'resync')).toHaveLength(1);
    bench.send({ ...failed, retryAfterMs: 2_000 });
    expect(ofType(bench.pass(1_999), 'resync')).toEqual([]);
    expect(ofType(bench.pass(1), 'resync')).toHaveLength(1);
  });

  it('takes a suspended machine for a lost lease, and a heartbeat from before for nothing', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 1), assignment('2', 1, { autonomyMs: 60_000 })]);
    const sentAtMs = (bench.nowMs += 100);
    bench.nowMs += 100;
    const actions = bench.send({ type: 'clocks-disagreed', disagreementMs: 90_000 });
    expect(ofType(actions, 'stop-stream')).toHaveLength(2);
    expect(ofType(actions, 'send-heartbeat')).toHaveLength(1);
    expect(ofType(bench.beat({}, sentAtMs), 'set-deadline')).toEqual([]);
    bench.nowMs += 10;
    expect(ofType(bench.beat(), 'set-deadline')).toHaveLength(1);
  });

  it('stops exclusive streams when fenced and registers with what it still runs', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 1), assignment('2', 4, { exclusive: false })]);
    const actions = bench.send({ type: 'incarnation-fenced', incarnation: 1 });
    expect(ofType(actions, 'stop-stream').map((a) => a.stream.streamId)).toEqual(['1']);
    expect(ofType(actions, 'abandon-calls')).toHaveLength(1);
    const again = [...actions, ...bench.pass(10_000)];
    expect(ofType(again, 'register')).toEqual([
      { type: 'register', running: [{ streamId: '2', epoch: 4 }] },
    ]);
    const joined = bench.join([assignment('2', 5, { exclusive: false })], { incarnation: 2 });
    expect(ofType(joined, 'stop-stream').map((a) => a.stream.epoch)).toEqual([4]);
    expect(ofType(bench.stopped('2', 4), 'start-stream')[0]?.assignment.epoch).toBe(5);
  });

  it('registers with everything it runs, and stops nothing, when it is unknown', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 1)]);
    const actions = bench.send({ type: 'instance-unknown', incarnation: 1 });
    expect(ofType(actions, 'stop-stream')).toEqual([]);
    const running = [{ streamId: '1', epoch: 1 }];
    const again = [...actions, ...bench.pass(1_000)];
    expect(ofType(again, 'register')).toEqual([{ type: 'register', running }]);
    expect(ofType(bench.join([assignment('1', 1)], { incarnation: 2 }), 'stop-stream')).toEqual([]);
  });

  it('slows down when it is fenced again and again without one answered heartbeat', () => {
    const bench = new MachineBench();
    const delays: number[] = [];
    bench.join();
    for (let incarnation = 1; incarnation < 8; incarnation += 1) {
      bench.send({ type: 'incarnation-fenced', incarnation });
      delays.push((bench.nextWakeAtMs ?? bench.nowMs) - bench.nowMs);
      bench.pass(10_000);
      bench.join([], { incarnation: incarnation + 1 });
    }
    expect(delays[1]).toBeGreaterThan(0);
    expect(delays[6]).toBeGreaterThan(4_000);
  });

  it('ignores whatever comes late for an earlier incarnation', () => {
    const bench = new MachineBench();
    bench.join([], { incarnation: 2 });
    const pushed = { revision: 99, changes: [assignment('1', 1)] };
    expect(bench.send({ type: 'changes-pushed', incarnation: 1, pushed })).toEqual([]);
    expect(bench.send({ type: 'incarnation-fenced', incarnation: 1 })).toEqual([]);
  });
});

describe('InstanceMachine: heartbeats', () => {
  it('beats in the agreed rhythm with the revision and digest of what runs', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 7), assignment('2', 8)]);
    expect(ofType(bench.pass(4_999), 'send-heartbeat')).toEqual([]);
    const running = computeDigest([
      { streamId: '1', epoch: 7 },
      { streamId: '2', epoch: 8 },
    ]);
    const expected = { incarnation: 1, seenRevision: 10, running };
    expect(ofType(bench.pass(1), 'send-heartbeat')[0]).toMatchObject(expected);
    expect(ofType(bench.pass(60_000), 'send-heartbeat')).toEqual([]);
  });

  it('tries again soon after a failure, later each time, and tells when it is back', () => {
    const bench = new MachineBench();
    bench.join();
    const waits: number[] = [];
    bench.pass(5_000);
    for (let attempt = 0; attempt < 8; attempt += 1) {
      bench.send({ type: 'heartbeat-failed', incarnation: 1, reason: 'ECONNREFUSED' });
      const before = bench.nowMs;
      bench.nowMs = bench.nextWakeAtMs ?? before;
      waits.push(bench.nowMs - before);
      bench.send({ type: 'woken' });
    }
    expect(waits[0]).toBeLessThan(200);
    expect(Math.max(...waits)).toBeLessThanOrEqual(5_000);
    expect(notices(bench.everything).filter((name) => name === 'disconnected')).toHaveLength(1);
    expect(notices(bench.beat())).toContain('reconnected');
  });

  it('waits as long as Retry-After says, but never longer than heartbeats are apart', () => {
    const bench = new MachineBench();
    bench.join();
    bench.pass(5_000);
    const failed = { type: 'heartbeat-failed', incarnation: 1, reason: '503' } as const;
    bench.send({ ...failed, retryAfterMs: 2_000 });
    expect(bench.nextWakeAtMs).toBe(bench.nowMs + 2_000);
    bench.send({ ...failed, retryAfterMs: 60_000 });
    expect(bench.nextWakeAtMs).toBe(bench.nowMs + 5_000);
  });
});
