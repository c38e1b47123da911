import { DEFAULT_FLEET_SETTINGS } from '@weir/domain';
import { FleetLoop } from './fleet.loop';
import type { FleetAction, FleetEvent } from './fleet.loop';
import { LeaseWorld } from '../lease/lease.world.test-support';

const TTL = 3_000;
const settings = { ...DEFAULT_FLEET_SETTINGS, leaseTtlMs: TTL };

/** A loop in virtual time that is asked when it wants to be, with readings that take no time. */
class Looping {
  readonly world = new LeaseWorld(TTL);
  readonly loop = new FleetLoop(settings, this.world.now);
  nextWakeAt: number | undefined;

  /** @returns the kinds of what was asked for, and answers readings at once. */
  send(event: FleetEvent): FleetAction['kind'][] {
    const step = this.loop.onEvent(event, this.world.now);
    this.nextWakeAt = step.nextWakeAt;
    const kinds = step.actions.map((action) => action.kind);
    if (kinds.includes('read-leases')) kinds.push(...this.answerReading());
    return kinds;
  }

  private answerReading(): FleetAction['kind'][] {
    const time = { sentAt: this.world.now, receivedAt: this.world.now };
    const leases = this.world.read();
    return this.send({
      kind: 'leases-read',
      leases,
      time,
      isApiSilent: false,
      isMassLossReleased: false,
    });
  }

  /** Wakes it up to `end`, and gives what it asked for but readings. */
  runUntil(end: number): { at: number; kind: FleetAction['kind'] }[] {
    const asked: { at: number; kind: FleetAction['kind'] }[] = [];
    while (this.nextWakeAt !== undefined && this.nextWakeAt <= end) {
      this.world.now = this.nextWakeAt;
      for (const kind of this.send({ kind: 'woken' })) {
        if (kind !== 'read-leases') asked.push({ at: this.world.now, kind });
      }
    }
    this.world.now = end;
    return asked;
  }
}

describe('the loop of one fleet', () => {
  let looping: Looping;
  beforeEach(() => {
    looping = new Looping();
    looping.world.renew('a');
  });

  it('begins with a reading of the leases and a round', () => {
    expect(looping.send({ kind: 'woken' })).toEqual(['read-leases', 'run-round']);
  });

  it('takes over while a round is still under way', () => {
    looping.send({ kind: 'woken' });
    const asked = looping.runUntil(1_000 + TTL + 1);
    expect(asked).toEqual([{ at: 1_000 + TTL, kind: 'take-over' }]);
  });

  it('has one takeover under way at a time, and tries again when it did not succeed', () => {
    looping.send({ kind: 'woken' });
    looping.runUntil(1_000 + TTL);
    expect(looping.runUntil(1_000 + 2 * TTL)).toEqual([]);
    looping.send({ kind: 'takeover-ended', takenOver: 0 });
    expect(looping.runUntil(1_000 + 2 * TTL + 250).map(({ kind }) => kind)).toEqual(['take-over']);
  });

  it('runs a round at once after a takeover', () => {
    looping.send({ kind: 'woken' });
    looping.send({ kind: 'round-ended', end: { kind: 'done' } });
    looping.runUntil(1_900);
    expect(looping.send({ kind: 'takeover-ended', takenOver: 1 })).toEqual(['run-round']);
  });

  it('runs a round at once when a setting changed: a shorter cadence counts from now', () => {
    looping.send({ kind: 'woken' });
    looping.send({ kind: 'round-ended', end: { kind: 'done' } });
    looping.world.now += 10;
    const changed = { ...settings, reconcileIntervalMs: 100 };
    expect(looping.send({ kind: 'settings-read', settings: changed })).toEqual(['run-round']);
  });

  it('reads at once when it rings in a fleet that had no instance', () => {
    looping.world.leases.clear();
    looping.send({ kind: 'woken' });
    looping.world.now += 10;
    expect(looping.send({ kind: 'rang' })).toEqual(['read-leases']);
  });

  it('reads no more often for ringing when there are instances', () => {
    looping.send({ kind: 'woken' });
    looping.world.now += 10;
    expect(looping.send({ kind: 'rang' })).toEqual([]);
  });

  it('forgets what it counted when a reading failed', () => {
    looping.send({ kind: 'woken' });
    looping.runUntil(1_000 + TTL - 100);
    looping.loop.onEvent({ kind: 'woken' }, looping.world.now + 100);
    looping.world.now += 100;
    looping.send({ kind: 'leases-unreadable' });
    expect(looping.runUntil(looping.world.now + TTL - 1).map(({ kind }) => kind)).toEqual([
      'record-brake',
    ]);
  });

  it('asks for nothing any more when it is stopping', () => {
    looping.send({ kind: 'woken' });
    expect(looping.send({ kind: 'stopping' })).toEqual([]);
    expect(looping.nextWakeAt).toBeUndefined();
    expect(looping.send({ kind: 'rang' })).toEqual([]);
    expect(looping.send({ kind: 'round-ended', end: { kind: 'done' } })).toEqual([]);
  });
});
