import { EventHorizon } from './event-horizon';

const reading = (lastEventId: number, oldestRunning: number, nextTransaction: number) => ({
  lastEventId,
  oldestRunning: BigInt(oldestRunning),
  nextTransaction: BigInt(nextTransaction),
});

describe('the event horizon', () => {
  it('is at the last id while nothing is running', () => {
    const horizon = new EventHorizon();
    horizon.observe(reading(7, 100, 100));
    expect(horizon).toMatchObject({ settledEventId: 7, isWaiting: false });
  });

  it('waits until every transaction that had begun is over', () => {
    const horizon = new EventHorizon();
    horizon.observe(reading(7, 99, 101));
    expect(horizon).toMatchObject({ settledEventId: 0, isWaiting: true });
    horizon.observe(reading(9, 100, 103));
    expect(horizon.settledEventId).toBe(0);
    horizon.observe(reading(12, 101, 105));
    expect(horizon.settledEventId).toBe(7);
  });

  it('moves on however many transactions are always running', () => {
    const horizon = new EventHorizon();
    for (let at = 1; at <= 20; at += 1) horizon.observe(reading(at * 10, at * 5, at * 5 + 8));
    expect(horizon.settledEventId).toBeGreaterThanOrEqual(160);
    expect(horizon.settledEventId).toBeLessThan(200);
  });

  it('never goes back when another replica of the database knows less', () => {
    const horizon = new EventHorizon();
    horizon.observe(reading(7, 100, 100));
    horizon.observe(reading(3, 50, 50));
    expect(horizon.settledEventId).toBe(7);
  });
});
