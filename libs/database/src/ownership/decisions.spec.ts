import type { Ack } from '@weir/domain';
import fc from 'fast-check';
import { decideAck } from './acknowledgement.decision';
import type { AckedAssignment } from './acknowledgement.decision';
import { decideRegistration } from './registration.decision';
import { decideResync } from './resync.decision';
import type { RevisedAssignment } from './resync.decision';

const sender = { serverId: 'a', incarnation: 2 };
const assignment: AckedAssignment = {
  streamId: '1',
  epoch: 5,
  serverId: 'a',
  incarnation: 2,
  status: 'starting',
};
const ack: Ack = { streamId: '1', epoch: 5, state: 'running' };

describe('an acknowledgement', () => {
  it.each([
    ['another epoch', { epoch: 6 }],
    ['another owner', { serverId: 'b' }],
    ['another incarnation', { incarnation: 3 }],
    ['no owner', { serverId: null, incarnation: null, status: 'unassigned' as const }],
  ])('of an assignment with %s is stale', (_what, change) => {
    const decision = decideAck({ ...assignment, ...change }, ack, sender);
    expect(decision).toEqual({ kind: 'refuse', code: 'STALE_EPOCH' });
  });

  it('makes a starting stream running once', () => {
    expect(decideAck(assignment, ack, sender)).toEqual({ kind: 'mark-running' });
    expect(decideAck({ ...assignment, status: 'running' }, ack, sender)).toEqual({
      kind: 'nothing',
    });
  });

  it('gives a stream back whatever its status was', () => {
    for (const status of ['starting', 'running', 'stopping'] as const) {
      const stopped = decideAck({ ...assignment, status }, { ...ack, state: 'stopped' }, sender);
      expect(stopped).toEqual({ kind: 'release' });
      const failed = decideAck({ ...assignment, status }, { ...ack, state: 'failed' }, sender);
      // One that was told to stop has stopped, however it puts it.
      const kind = status === 'stopping' ? 'release' : 'release-failed';
      expect(failed).toEqual({ kind });
    }
  });

  it('of a stream that does not exist is refused', () => {
    expect(decideAck(undefined, ack, sender)).toEqual({ kind: 'refuse', code: 'STREAM_UNKNOWN' });
  });
});

const ownedList = fc.uniqueArray(
  fc.record<RevisedAssignment>({
    streamId: fc.integer({ min: 1, max: 30 }).map(String),
    epoch: fc.integer({ min: 1, max: 3 }),
    status: fc.constantFrom('starting' as const, 'running' as const, 'stopping' as const),
    revision: fc.integer({ min: 1, max: 20 }),
  }),
  { selector: (entry) => entry.streamId },
);
const runningList = fc.uniqueArray(
  fc.record({
    streamId: fc.integer({ min: 1, max: 30 }).map(String),
    epoch: fc.integer({ min: 1, max: 3 }),
  }),
  { selector: (entry) => entry.streamId },
);

describe('a registration', () => {
  it('decides about each owned stream exactly once, and keeps only what runs under its epoch', () => {
    fc.assert(
      fc.property(ownedList, runningList, fc.nat(40), (owned, running, room) => {
        const { keep, regrant, release } = decideRegistration(owned, running, room);
        const decided = [...keep, ...regrant, ...release].sort();
        expect(decided).toEqual(owned.map((entry) => entry.streamId).sort());
        const epochs = new Map(running.map((entry) => [entry.streamId, entry.epoch]));
        for (const { streamId, epoch } of owned) {
          expect(keep.includes(streamId)).toBe(epochs.get(streamId) === epoch);
        }
        expect(regrant.length).toBeLessThanOrEqual(Math.max(0, room - keep.length));
      }),
    );
  });
});

describe('a resync', () => {
  it('leaves the instance with exactly what it owns, each under one epoch', () => {
    fc.assert(
      fc.property(ownedList, runningList, (owned, running) => {
        const plan = decideResync(owned, { running }, 'ready');
        const stopped = new Set(plan.stop.map((entry) => entry.streamId));
        const still = running.filter((entry) => !stopped.has(entry.streamId));
        for (const entry of still) {
          expect(owned).toContainEqual(expect.objectContaining(entry));
        }
        const shouldRun = owned
          .filter((entry) => entry.status !== 'stopping')
          .map((entry) => entry.streamId);
        const runs = [...still.map((entry) => entry.streamId), ...plan.regrant].sort();
        expect(runs).toEqual(shouldRun.sort());
      }),
    );
  });

  it('gives nothing new to an instance that is being emptied', () => {
    const owned = [{ streamId: '1', epoch: 1, status: 'running', revision: 5 } as const];
    const plan = decideResync(owned, { running: [] }, 'draining');
    expect(plan).toEqual({ regrant: [], release: ['1'], stop: [] });
  });

  it('touches nothing that changed after the list was made, and all the rest as ever', () => {
    const seenRevisions = fc.integer({ min: 0, max: 21 });
    const statuses = fc.constantFrom('ready' as const, 'draining' as const);
    fc.assert(
      fc.property(
        ownedList,
        runningList,
        seenRevisions,
        statuses,
        (owned, running, seen, status) => {
          const plan = decideResync(owned, { running, seenRevision: seen }, status);
          const whole = decideResync(owned, { running }, status);
          const unseen = new Set(owned.filter((a) => a.revision > seen).map((a) => a.streamId));
          const isSeen = (streamId: string) => !unseen.has(streamId);
          expect(plan.regrant).toEqual(whole.regrant.filter(isSeen));
          expect(plan.release).toEqual(whole.release.filter(isSeen));
          expect(plan.stop).toEqual(whole.stop);
        },
      ),
    );
  });
});
