import fc from 'fast-check';
import type { Ack } from '@weir/domain';
import { acksIn, assignment, MachineBench, notices, ofType } from './machine.test-support';
import { USABLE_MS } from './machine.test-support';

const failedAcks = { type: 'acks-failed', incarnation: 1, reason: '503' } as const;
const lostWatch = { type: 'watch-lost', incarnation: 1, reason: 'ECONNRESET' } as const;
const openedWatch = { type: 'watch-opened', incarnation: 1 } as const;
const failedBeat = { type: 'heartbeat-failed', incarnation: 1, reason: 'no answer' } as const;

describe('InstanceMachine: partial connectivity', () => {
  it('tells once that the watch fails while heartbeats pass, and learns from them', () => {
    const bench = new MachineBench();
    bench.join();
    bench.beat();
    bench.send(lostWatch);
    bench.send(lostWatch);
    for (let attempt = 0; attempt < 20; attempt += 1) bench.send(lostWatch);
    const told = ofType(bench.everything, 'notify').filter(
      ({ notice }) => notice.name === 'partialConnectivity',
    );
    expect(told).toMatchObject([{ notice: { passing: ['heartbeats'], failing: ['watch'] } }]);
    const changes = [assignment('1', 7)];
    expect(ofType(bench.beat({ revision: 11, changes }), 'start-stream')).toHaveLength(1);
    expect(notices(bench.send(openedWatch))).toEqual(['connectivityRestored']);
  });

  it('says nothing of a watch that is open again at once', () => {
    const bench = new MachineBench();
    bench.join();
    bench.beat();
    for (let cut = 0; cut < 5; cut += 1) {
      bench.send(lostWatch);
      bench.send(openedWatch);
    }
    expect(notices(bench.everything)).not.toContain('partialConnectivity');
  });

  it('keeps acks while they fail, and sends the newest of each stream once they pass', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 7), assignment('2', 7)]);
    bench.beat();
    expect(acksIn(bench.started('1', 7))).toHaveLength(1);
    bench.started('2', 7);
    bench.send(failedAcks);
    bench.push([assignment('1', 7, { desired: 'stop' })], 11);
    bench.stopped('1', 7, { offset: 5 });
    const [again] = ofType(bench.pass(5_000), 'send-acks');
    bench.send(failedAcks);
    expect(notices(bench.everything)).toContain('partialConnectivity');
    expect(again?.acks.map(({ streamId, state }) => `${streamId} ${state}`)).toEqual([
      '2 running',
      '1 stopped',
    ]);
    expect(ofType(bench.pass(5_000), 'send-acks')[0]?.acks).toEqual(again?.acks);
    expect(notices(bench.answerAcks())).toEqual(['connectivityRestored']);
  });

  it('loses its lease although the watch passes: only heartbeats renew it', () => {
    const bench = new MachineBench();
    bench.join([assignment('1', 7)]);
    bench.send(openedWatch);
    for (let passed = 0; passed < USABLE_MS; passed += 400) {
      bench.pass(400);
      bench.push([], 11 + passed);
      bench.send(failedBeat);
    }
    expect(notices(bench.everything)).toContain('leaseLost');
    const told = ofType(bench.everything, 'notify').map(({ notice }) => notice);
    expect(told).toContainEqual(
      expect.objectContaining({ name: 'partialConnectivity', failing: ['heartbeats'] }),
    );
    expect(ofType(bench.push([assignment('2', 9)], 90_000), 'start-stream')).toEqual([]);
  });

  it('accepts nothing new while too many acks wait, and asks for it once some are through', () => {
    const bench = new MachineBench();
    const ids = Array.from({ length: 10_001 }, (_, index) => String(index + 1));
    bench.join(ids.map((id) => assignment(id, 1)));
    for (const id of ids) bench.started(id, 1);
    const change = [assignment('999999', 1)];
    const held = bench.push(change, 11);
    expect(ofType(held, 'start-stream')).toEqual([]);
    expect(notices(held)).toEqual(['acksHeldUp']);
    expect(notices(bench.push(change, 12))).toEqual([]);
    bench.answerAcks();
    bench.answerAcks();
    expect(ofType(bench.everything, 'send-heartbeat')).toMatchObject([{ seenRevision: 10 }]);
    const beat = bench.beat({ revision: 12, changes: change });
    expect(ofType(beat, 'start-stream')).toHaveLength(1);
  });

  const events = fc.constantFrom('beat', 'miss', 'open', 'cut', 'acked', 'unacked');

  it('tells of each change of what fails exactly once, and of nothing while all pass', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 60 }), (sequence) => {
        const bench = new MachineBench();
        bench.join();
        let last = '';
        for (const event of sequence) {
          const actions = step(bench, event);
          for (const { notice } of ofType(actions, 'notify')) {
            if (notice.name === 'partialConnectivity') {
              expect(notice.failing.join()).not.toBe(last);
              expect(notice.failing.length).toBeGreaterThan(0);
              expect(notice.passing.some((path) => notice.failing.includes(path))).toBe(false);
              last = notice.failing.join();
            }
            if (notice.name === 'connectivityRestored') {
              expect(last).not.toBe('');
              last = '';
            }
          }
        }
        for (const event of ['beat', 'open', 'acked']) step(bench, event);
        const after = ['beat', 'open', 'acked'].flatMap((event) => step(bench, event));
        expect(notices(after).filter((name) => /onnectivity/.test(name))).toEqual([]);
      }),
    );
  });
});

function step(bench: MachineBench, event: string) {
  const acks: readonly Ack[] = [];
  switch (event) {
    case 'beat':
      return bench.beat();
    case 'miss':
      return bench.send(failedBeat);
    case 'open':
      return bench.send(openedWatch);
    case 'cut':
      return bench.send(lostWatch);
    case 'acked':
      return bench.send({ type: 'acks-answered', incarnation: 1, acks, results: [] });
    default:
      return bench.send(failedAcks);
  }
}
