import fc from 'fast-check';
import { LeaseObserver } from './lease.observer';
import { LeaseWorld } from './lease.world.test-support';

const TTL = 3_000;
const RULE = { leaseTtlMs: TTL, intervalMs: 250 };

/** Reads the world in an instant. */
function look(observer: LeaseObserver, world: LeaseWorld): ReturnType<LeaseObserver['observe']> {
  return observer.observe(world.read(), { sentAt: world.now, receivedAt: world.now }, RULE);
}

/** Lets time pass with a look every 250 ms. */
function watchFor(observer: LeaseObserver, world: LeaseWorld, durationMs: number): void {
  const end = world.now + durationMs;
  while (world.now < end) {
    world.now = Math.min(end, world.now + 250);
    look(observer, world);
  }
}

const candidateIds = (observer: LeaseObserver): string[] =>
  observer.findCandidates(TTL).map(({ serverId }) => serverId);

describe('the observer of leases', () => {
  let world: LeaseWorld;
  let observer: LeaseObserver;
  beforeEach(() => {
    world = new LeaseWorld(TTL);
    observer = new LeaseObserver();
    world.renew('a');
    look(observer, world);
  });

  it('proves a takeover one lease after the last renewal, and not a moment earlier', () => {
    watchFor(observer, world, TTL - 1);
    expect(candidateIds(observer)).toEqual([]);
    watchFor(observer, world, 1);
    expect(observer.findCandidates(TTL)).toEqual([{ serverId: 'a', incarnation: 1, renewals: 0 }]);
  });

  it('does not believe the database alone: a clock that jumps ahead proves nothing', () => {
    world.databaseOffsetMs = 3_600_000;
    watchFor(observer, world, TTL - 250);
    expect(candidateIds(observer)).toEqual([]);
  });

  it('does not believe its own clock alone: a lease that the database holds valid stays', () => {
    world.databaseOffsetMs = -3_600_000;
    watchFor(observer, world, 3 * TTL);
    expect(candidateIds(observer)).toEqual([]);
  });

  it('starts anew with each renewal, also one that came after the lease had run out', () => {
    watchFor(observer, world, TTL);
    world.renew('a');
    watchFor(observer, world, 250);
    expect(candidateIds(observer)).toEqual([]);
  });

  it('starts anew with another incarnation', () => {
    watchFor(observer, world, TTL - 500);
    world.leases.get('a')!.incarnation = 2;
    watchFor(observer, world, 1_000);
    expect(candidateIds(observer)).toEqual([]);
  });

  it('gives everybody a whole lease after it was blind', () => {
    watchFor(observer, world, TTL - 500);
    world.now += 2_500;
    expect(look(observer, world).isAfresh).toBe(true);
    expect(candidateIds(observer)).toEqual([]);
    watchFor(observer, world, TTL - 1);
    expect(candidateIds(observer)).toEqual([]);
    watchFor(observer, world, 1);
    expect(candidateIds(observer)).toEqual(['a']);
  });

  it('gives everybody a whole lease after a reading failed', () => {
    watchFor(observer, world, TTL - 250);
    observer.restart();
    watchFor(observer, world, TTL);
    expect(candidateIds(observer)).toEqual([]);
  });

  it('does not take a slow reading for blindness', () => {
    watchFor(observer, world, TTL - 1_000);
    world.now += 1_000;
    expect(look(observer, world).isAfresh).toBe(false);
    expect(candidateIds(observer)).toEqual(['a']);
  });

  it('counts as lost what vanishes overdue, and not what says goodbye', () => {
    world.renew('b');
    look(observer, world);
    for (let step = 0; step < 10; step += 1) {
      world.renew('b');
      watchFor(observer, world, 250);
    }
    world.fence('a');
    world.fence('b');
    look(observer, world);
    expect(observer.countLostSince(world.now, TTL)).toBe(1);
    expect(observer.countLostSince(world.now + TTL + 1, TTL)).toBe(0);
  });

  it('says when the next takeover could be proven', () => {
    expect(observer.findNextProofAt(TTL)).toBe(world.now + TTL);
    world.databaseOffsetMs = -500;
    watchFor(observer, world, 1_000);
    expect(observer.findNextProofAt(TTL)).toBe(1_000 + TTL + 500);
  });
});

/**
 * What may happen in any order: time passes, somebody renews, we look (slowly), clocks step,
 * readings fail.
 */
const happenings = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(500) }) },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('look' as const),
        beforeMs: fc.nat(300),
        afterMs: fc.nat(300),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('renew' as const), who: fc.nat(2) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('step' as const),
        ms: fc.integer({ min: -9_000, max: 9_000 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail' as const) }) },
  ),
  { minLength: 40, maxLength: 200 },
);

describe('the observer of leases, whatever happens', () => {
  it('never proves a takeover of an instance that renewed within one lease (safety)', () => {
    let proven = 0;
    const property = fc.property(happenings, (list) => {
      const world = new LeaseWorld(TTL);
      const observer = new LeaseObserver();
      const renewedAt = new Map<string, number>();
      for (const happening of list) {
        if (happening.kind === 'pass') world.now += happening.ms;
        if (happening.kind === 'step') world.databaseOffsetMs += happening.ms;
        if (happening.kind === 'fail') observer.restart();
        if (happening.kind === 'renew') {
          world.renew(`i${happening.who}`);
          renewedAt.set(`i${happening.who}`, world.now);
        }
        if (happening.kind !== 'look') continue;
        const sentAt = world.now;
        world.now += happening.beforeMs;
        const reading = world.read();
        world.now += happening.afterMs;
        observer.observe(reading, { sentAt, receivedAt: world.now }, RULE);
        for (const { serverId } of observer.findCandidates(TTL)) {
          proven += 1;
          expect(sentAt - renewedAt.get(serverId)!).toBeGreaterThanOrEqual(TTL);
          const remaining = reading.find((lease) => lease.serverId === serverId)!.remainingMs;
          expect(remaining).toBeLessThanOrEqual(0);
        }
      }
    });
    fc.assert(property, { numRuns: 2_000 });
    expect(proven).toBeGreaterThan(100);
  });
});
