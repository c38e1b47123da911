import { DEFAULT_FLEET_SETTINGS } from '@weir/domain';
import type { FleetSettings } from '@weir/domain';
import fc from 'fast-check';
import { LeaseWatch } from './lease.watch';
import type { LeaseDecision } from './lease.watch';
import { LeaseWorld } from './lease.world.test-support';

/** No multiple of the cadence, so that an exact wake-up shows. */
const TTL = 3_100;
const settings: FleetSettings = {
  ...DEFAULT_FLEET_SETTINGS,
  leaseTtlMs: TTL,
  massLossHoldMs: 10_000,
};

/** Watches a world at exactly the times that the watch asks for. */
class Watching {
  readonly watch = new LeaseWatch();
  readonly decisions: LeaseDecision[] = [];
  isApiSilent = false;
  isMassLossReleased = false;
  settings = settings;

  constructor(readonly world: LeaseWorld) {}

  look(latencyMs = 0): LeaseDecision {
    const sentAt = this.world.now;
    const reading = this.world.read();
    this.world.now += latencyMs;
    const time = { sentAt, receivedAt: this.world.now };
    const decision = this.watch.onReading(reading, time, this);
    this.decisions.push(decision);
    return decision;
  }

  /** Looks on until `condition` holds of a decision; gives the time at which it did. */
  lookUntil(condition: (decision: LeaseDecision) => boolean, atMostMs: number): number {
    const end = this.world.now + atMostMs;
    for (;;) {
      if (condition(this.look())) return this.world.now;
      const next = this.watch.findNextReadingAt(this.world.now, this.settings);
      if (next > end) throw new Error(`not within ${atMostMs} ms`);
      this.world.now = next;
    }
  }

  kinds(): string[] {
    return this.decisions.flatMap(({ changes }) => changes.map((c) => `${c.kind} ${c.change}`));
  }
}

const isProven = (decision: LeaseDecision): boolean => decision.candidates.length > 0;

function worldOf(count: number): LeaseWorld {
  const world = new LeaseWorld(TTL);
  for (let index = 0; index < count; index += 1) world.renew(`i${index}`);
  return world;
}

describe('the watch over a fleet`s leases', () => {
  it('looks exactly when a takeover could be proven, instead of at the next cadence', () => {
    const watching = new Watching(worldOf(1));
    const startedAt = watching.world.now;
    expect(watching.lookUntil(isProven, 2 * TTL)).toBe(startedAt + TTL + 1);
  });

  it('proves a death at most one reading after the lease, whenever it was (liveness)', () => {
    const property = fc.property(
      fc.integer({ min: 0, max: 4_000 }),
      fc.integer({ min: 300, max: 1_000 }),
      (livesForMs, heartbeatMs) => {
        const watching = new Watching(worldOf(2));
        const { world } = watching;
        const diesAt = world.now + livesForMs;
        let heartbeatAt = world.now + heartbeatMs;
        let lastRenewalAt = world.now;
        for (;;) {
          if (isProven(watching.look())) break;
          const next = watching.watch.findNextReadingAt(world.now, settings);
          while (heartbeatAt <= next) {
            world.now = heartbeatAt;
            world.renew('i0');
            if (heartbeatAt < diesAt) {
              world.renew('i1');
              lastRenewalAt = heartbeatAt;
            }
            heartbeatAt += heartbeatMs;
          }
          world.now = next;
        }
        expect(world.now - lastRenewalAt).toBeGreaterThanOrEqual(TTL);
        expect(world.now - lastRenewalAt).toBeLessThanOrEqual(TTL + 252);
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  it('holds failover back when most of the fleet would be lost, then lets go', () => {
    const watching = new Watching(worldOf(5));
    const startedAt = watching.world.now;
    const provenAt = watching.lookUntil(isProven, 60_000);
    expect(provenAt - startedAt).toBeGreaterThanOrEqual(TTL + settings.massLossHoldMs);
    expect(provenAt - startedAt).toBeLessThanOrEqual(TTL + settings.massLossHoldMs + 250);
    expect(watching.kinds()).toEqual(['mass-loss engaged', 'mass-loss released']);
    expect(watching.decisions.at(-1)!.candidates).toHaveLength(5);
    expect(watching.decisions.flatMap(({ changes }) => changes)[0]!.severity).toBe('CRITICAL');
  });

  it('does not take over the first few of many whose leases end one after the other', () => {
    const world = new LeaseWorld(TTL);
    for (let index = 0; index < 10; index += 1) {
      world.renew(`i${index}`);
      world.now += 80;
    }
    const watching = new Watching(world);
    const heldAt = watching.lookUntil((d) => d.changes.some((c) => c.change === 'engaged'), 10_000);
    expect(heldAt).toBeLessThan(world.now + TTL);
    expect(watching.decisions.every((decision) => decision.candidates.length === 0)).toBe(true);
  });

  it('lets go when an operator says so, and does not engage again for that loss', () => {
    const watching = new Watching(worldOf(5));
    const heldAt = watching.lookUntil((d) => d.changes.length > 0, 10_000);
    const [held] = watching.watch.listBrakes(settings);
    expect(held).toEqual({ kind: 'mass-loss', since: heldAt, endsAt: heldAt + 10_000 });
    watching.isMassLossReleased = true;
    watching.world.now += 250;
    const decision = watching.look();
    expect(decision.changes.map((c) => c.change)).toEqual(['released']);
    expect(decision.candidates).toHaveLength(5);
    watching.isMassLossReleased = false;
    watching.world.now += 250;
    expect(watching.look().candidates).toHaveLength(5);
  });

  it('does not hold at all what an operator released before it was seen here', () => {
    const watching = new Watching(worldOf(5));
    watching.lookUntil(() => watching.watch.isLossMassive, 10_000);
    watching.isMassLossReleased = true;
    watching.lookUntil(isProven, 2 * TTL);
    expect(watching.kinds()).toEqual([]);
  });

  it('lets go at once when instances come back', () => {
    const watching = new Watching(worldOf(5));
    watching.lookUntil((d) => d.changes.some((c) => c.change === 'engaged'), 10_000);
    for (const serverId of ['i0', 'i1', 'i2', 'i3']) watching.world.renew(serverId);
    watching.world.now += 250;
    const decision = watching.look();
    expect(decision.changes.map((c) => c.change)).toEqual(['released']);
    expect(decision.candidates.map(({ serverId }) => serverId)).toEqual(['i4']);
  });

  it('loses two of two without a brake: the brake needs massLossMin', () => {
    const watching = new Watching(worldOf(2));
    watching.lookUntil(isProven, 2 * TTL);
    expect(watching.kinds()).toEqual([]);
  });

  it('takes over nothing while the fleet is frozen, and goes on when it is not', () => {
    const watching = new Watching(worldOf(2));
    watching.settings = { ...settings, frozen: true };
    expect(() => watching.lookUntil(isProven, 10 * TTL)).toThrow();
    expect(watching.watch.listBrakes(settings).map(({ kind }) => kind)).toEqual(['frozen']);
    watching.settings = settings;
    expect(watching.look().candidates).toHaveLength(2);
  });

  it('counts no time in which no API was alive, and then gives a whole lease', () => {
    const watching = new Watching(worldOf(2));
    watching.lookUntil(() => watching.world.now > 3_000, TTL);
    watching.isApiSilent = true;
    expect(() => watching.lookUntil(isProven, 10 * TTL)).toThrow();
    expect(watching.kinds()).toEqual(['control-plane engaged']);
    watching.isApiSilent = false;
    const backAt = watching.world.now;
    expect(watching.lookUntil(isProven, 2 * TTL) - backAt).toBeGreaterThanOrEqual(TTL - 250);
    expect(watching.kinds()).toEqual(['control-plane engaged', 'control-plane released']);
  });
});
