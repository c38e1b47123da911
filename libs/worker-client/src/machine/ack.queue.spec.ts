import fc from 'fast-check';
import type { Ack } from '@weir/domain';
import { AckQueue } from './ack.queue';

const ack = (streamId: string, epoch: number, state: Ack['state'] = 'running'): Ack => ({
  streamId,
  epoch,
  state,
});

describe('AckQueue', () => {
  it('sends the newest word of each epoch of a stream, whatever was said before', () => {
    const queue = new AckQueue(() => 0.5);
    queue.put(ack('1', 7));
    queue.put(ack('2', 3, 'failed'));
    queue.put(ack('1', 7, 'stopped'));
    queue.put(ack('2', 4));
    const expected = [ack('2', 3, 'failed'), ack('1', 7, 'stopped'), ack('2', 4)];
    expect(queue.takeBatch(0)).toEqual(expected);
  });

  it('sends again what was not answered, later with each failure, before all others', () => {
    const queue = new AckQueue(() => 0.5);
    queue.put(ack('1', 7));
    queue.put(ack('2', 7));
    queue.takeBatch(0);
    queue.put(ack('2', 7, 'stopped'));
    queue.put(ack('3', 7));
    queue.failed(0);
    expect([queue.takeBatch(99), queue.dueAtMs]).toEqual([undefined, 100]);
    expect(queue.takeBatch(100)).toEqual([ack('1', 7), ack('2', 7, 'stopped'), ack('3', 7)]);
    queue.failed(100);
    expect(queue.dueAtMs).toBe(300);
    queue.takeBatch(300);
    queue.failed(300, 4_000);
    expect(queue.dueAtMs).toBe(4_300);
  });

  it('gives up an ack that is not taken, but none that was sent along with it', () => {
    const queue = new AckQueue(() => 0.5);
    const acks = ['1', '2', '3'].map((id) => ack(id, 7));
    for (const each of acks) queue.put(each);
    queue.takeBatch(0);
    expect(queue.refused()).toEqual([]);
    queue.put(ack('4', 7));
    expect(queue.takeBatch(0)).toEqual([acks[0]]);
    queue.answered();
    expect(queue.takeBatch(0)).toEqual([acks[1]]);
    expect(queue.refused()).toEqual([acks[1]]);
    expect(queue.takeBatch(0)).toEqual([acks[2]]);
    queue.answered();
    expect(queue.takeBatch(0)).toEqual([ack('4', 7)]);
  });

  const acks = fc.record({
    streamId: fc.integer({ min: 1, max: 6 }).map(String),
    epoch: fc.integer({ min: 1, max: 4 }),
    state: fc.constantFrom<Ack['state']>('running', 'stopped', 'failed', 'prepared'),
    checkpoint: fc.constantFrom({ blob: 'x'.repeat(16_000) }, { blob: '' }),
  });
  const steps = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('put' as const), ack: acks }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constantFrom('take', 'answer', 'fail', 'refuse') }),
    },
  );

  it('loses nothing, says the newest last, and keeps to the limits of a request', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 80 }), (sequence) => {
        const queue = new AckQueue(() => 0.5);
        const newest = new Map<string, Ack>();
        const told = new Map<string, Ack>();
        const tell = (each: Ack) => void told.set(`${each.streamId}:${each.epoch}`, each);
        let batch: readonly Ack[] | undefined;
        let nowMs = 0;
        for (const step of sequence) {
          if ('ack' in step) {
            queue.put(step.ack);
            newest.set(`${step.ack.streamId}:${step.ack.epoch}`, step.ack);
            continue;
          }
          if (step.kind === 'take') batch = queue.takeBatch((nowMs += 10_000)) ?? batch;
          if (!batch || step.kind === 'take') continue;
          expect(JSON.stringify(batch).length).toBeLessThan(200 * 1024);
          if (step.kind === 'answer') queue.answered();
          if (step.kind === 'answer') batch.forEach(tell);
          if (step.kind === 'fail') queue.failed(nowMs);
          if (step.kind === 'refuse') queue.refused().forEach(tell);
          batch = undefined;
          expect(queue.size).toBeLessThanOrEqual(newest.size);
        }
        if (batch) queue.answered();
        batch?.forEach(tell);
        for (let last = queue.takeBatch(1e9); last; last = queue.takeBatch(1e9)) {
          last.forEach(tell);
          queue.answered();
        }
        expect(told).toEqual(newest);
      }),
      { numRuns: 500 },
    );
  });
});
