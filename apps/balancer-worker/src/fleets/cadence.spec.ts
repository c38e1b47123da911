import { until } from '@weir/testing';
import { Cadence } from './cadence';
import { Places } from './places';

/** Work that the test lets end. */
class Work {
  started = 0;
  running = 0;
  most = 0;
  private readonly ends: (() => void)[] = [];

  readonly run = async (): Promise<void> => {
    this.started += 1;
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    await new Promise<void>((resolve) => this.ends.push(resolve));
    this.running -= 1;
  };

  end(): void {
    this.ends.shift()?.();
  }
}

describe('something that is done again and again', () => {
  it('is done once more when it was asked for meanwhile, however often', async () => {
    const work = new Work();
    const cadence = new Cadence(3_600_000, work.run);
    cadence.runNow();
    cadence.runNow();
    cadence.runNow();
    expect(work.started).toBe(1);
    work.end();
    await until('it runs once more', () => work.started === 2);
    work.end();
    await until('it has ended', () => work.running === 0);
    await cadence.stop();
    expect(work.started).toBe(2);
    expect(work.most).toBe(1);
  });

  it('comes again by itself, and stops for good', async () => {
    let runs = 0;
    const cadence = new Cadence(1, () => {
      runs += 1;
      return Promise.resolve();
    });
    cadence.runNow();
    await until('it came again', () => runs > 2);
    await cadence.stop();
    const stoppedAt = runs;
    cadence.runNow();
    expect(runs).toBe(stoppedAt);
  });
});

describe('a bounded number of places', () => {
  it('lets in no more than there are, and everybody in the end', async () => {
    const work = new Work();
    const places = new Places(3);
    const all = Array.from({ length: 10 }, () => places.inTurn(work.run));
    await until('the places are taken', () => work.running === 3);
    const ending = setInterval(() => work.end(), 1);
    await Promise.all(all);
    clearInterval(ending);
    expect(work.started).toBe(10);
    expect(work.most).toBe(3);
  });

  it('gives a place back when the work fails', async () => {
    const places = new Places(1);
    const failing = places.inTurn(() => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    await expect(places.inTurn(() => Promise.resolve('in'))).resolves.toBe('in');
  });
});
