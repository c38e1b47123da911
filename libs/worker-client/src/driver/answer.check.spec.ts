import fc from 'fast-check';
import { assignment, heartbeatResponse, registerResponse } from '../machine/machine.test-support';
import { checkAcknowledged, checkChanges, checkHeartbeat } from './answer.check';
import { checkRegistered, checkResynced } from './answer.check';

describe('what an answer must hold', () => {
  const good = assignment('1', 7, { notBeforeMs: 5, autonomyMs: 0, checkpoint: { at: 1 } });

  it('takes what the protocol says, and fields that a later release may add', () => {
    const later = { ...good, desired: 'rewind', priority: 5 };
    expect(checkRegistered(registerResponse({ assignments: [good, later as never] }))).toBe(
      undefined,
    );
    expect(checkHeartbeat(heartbeatResponse())).toBeUndefined();
    expect(checkHeartbeat({ ...heartbeatResponse({ changes: [good] }), mood: 'fine' })).toBe(
      undefined,
    );
    expect(checkResynced({ start: [good], stop: [good], revision: 5 })).toBeUndefined();
    expect(checkAcknowledged({ results: [{ streamId: '1', accepted: true }] })).toBeUndefined();
    expect(checkChanges({ revision: 5, changes: [] })).toBeUndefined();
  });

  it.each([
    ['no object', undefined, 'no valid revision'],
    ['a list', [], 'no valid revision'],
    ['a lease without a length', { ...heartbeatResponse(), leaseTtlMs: null }, 'leaseTtlMs'],
    ['a lease of NaN', { ...heartbeatResponse(), leaseTtlMs: Number.NaN }, 'leaseTtlMs'],
    ['a lease of 0', { ...heartbeatResponse(), leaseTtlMs: 0 }, 'leaseTtlMs'],
    ['an interval as text', { ...heartbeatResponse(), heartbeatIntervalMs: '5' }, 'Interval'],
    ['a revision below 0', { ...heartbeatResponse(), revision: -1 }, 'revision'],
    ['changes that are none', { ...heartbeatResponse(), changes: {} }, 'list of changes'],
    [
      'a change without an epoch',
      { ...heartbeatResponse(), changes: [good, { ...good, epoch: 1.5 }] },
      'changes.1: no valid epoch',
    ],
    [
      'a change that does not say whether it is exclusive',
      { ...heartbeatResponse(), changes: [{ ...good, exclusive: undefined }] },
      'exclusive',
    ],
    [
      'a change of no stream',
      { ...heartbeatResponse(), changes: [{ ...good, stream: 1 }] },
      'name',
    ],
  ])('refuses %s', (_, answer, problem) => {
    expect(checkHeartbeat(answer)).toContain(problem);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), (answer) => {
        for (const check of [checkRegistered, checkResynced, checkAcknowledged, checkChanges]) {
          expect(typeof check(answer)).toBe('string');
        }
      }),
    );
  });
});
