import { setImmediate as nextTurn } from 'node:timers/promises';
import { HeartbeatBatcher } from './heartbeat.batcher';

/** A batch under way, to be ended by the test. */
interface Batch {
  readonly items: readonly number[];
  readonly succeed: () => void;
  readonly fail: (error: Error) => void;
}

function createBatcher() {
  const batches: Batch[] = [];
  const batcher = new HeartbeatBatcher<number, string>(
    (items) =>
      new Promise((resolve, reject) => {
        batches.push({
          items,
          succeed: () => resolve(items.map((item) => `done ${item}`)),
          fail: reject,
        });
      }),
  );
  return { batcher, batches };
}

describe('HeartbeatBatcher', () => {
  it('hands on together what arrives together, and answers each with its own outcome', async () => {
    const { batcher, batches } = createBatcher();
    const outcomes = Promise.all([1, 2, 3].map((item) => batcher.submit(item)));
    await nextTurn();
    expect(batches.map(({ items }) => items)).toEqual([[1, 2, 3]]);
    batches[0]?.succeed();
    expect(await outcomes).toEqual(['done 1', 'done 2', 'done 3']);
  });

  it('has at most two batches under way and gathers the rest', async () => {
    const { batcher, batches } = createBatcher();
    const outcomes: Promise<string>[] = [];
    for (const item of [1, 2, 3, 4, 5]) {
      outcomes.push(batcher.submit(item));
      await nextTurn();
    }
    expect(batches.map(({ items }) => items)).toEqual([[1], [2]]);
    expect(batcher.waitingCount).toBe(3);
    batches[1]?.succeed();
    await nextTurn();
    await nextTurn();
    expect(batches[2]?.items).toEqual([3, 4, 5]);
    batches[0]?.succeed();
    batches[2]?.succeed();
    expect(await Promise.all(outcomes)).toHaveLength(5);
  });

  it('makes batches of at most a thousand', async () => {
    const { batcher, batches } = createBatcher();
    for (let item = 0; item < 2_500; item += 1) void batcher.submit(item);
    for (let turn = 0; turn < 4; turn += 1) await nextTurn();
    expect(batches.map(({ items }) => items.length)).toEqual([1_000, 1_000]);
    for (const batch of batches.splice(0)) batch.succeed();
    for (let turn = 0; turn < 4; turn += 1) await nextTurn();
    expect(batches.map(({ items }) => items.length)).toEqual([500]);
    batches[0]?.succeed();
    await batcher.whenIdle();
  });

  it('refuses more than twenty thousand that wait', async () => {
    const { batcher } = createBatcher();
    for (let item = 0; item < 20_000; item += 1) void batcher.submit(item);
    expect(() => batcher.submit(1)).toThrow(expect.objectContaining({ code: 'TOO_MANY_REQUESTS' }));
  });

  it('fails everything in a batch that fails, and goes on with the next', async () => {
    const { batcher, batches } = createBatcher();
    const failing = Promise.allSettled([batcher.submit(1), batcher.submit(2)]);
    await nextTurn();
    batches[0]?.fail(new Error('away'));
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = batcher.submit(3);
    await nextTurn();
    batches[1]?.succeed();
    expect(await next).toBe('done 3');
  });

  it('is idle only when the last batch is done', async () => {
    const { batcher, batches } = createBatcher();
    void batcher.submit(1);
    let isIdle = false;
    const idle = batcher.whenIdle().then(() => (isIdle = true));
    await nextTurn();
    expect(isIdle).toBe(false);
    batches[0]?.succeed();
    await idle;
    expect(isIdle).toBe(true);
  });
});
