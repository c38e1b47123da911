import { DEFAULT_FLEET_SETTINGS } from '@weir/domain';
import { isSettled } from './settled.rule';
import type { LastPlan } from './settled.rule';

const settings = DEFAULT_FLEET_SETTINGS;
const last: LastPlan = {
  plannedAt: 0,
  changes: 7,
  settings,
  isFinished: true,
  nextDueAtMs: undefined,
};
const inputs = { now: 1_000, changes: 7, settings, databaseNowMs: 500_000 };

describe('whether a fleet is at rest', () => {
  it('is, when nothing changed since a plan that was finished', () => {
    expect(isSettled(last, inputs)).toBe(true);
  });

  it.each([
    ['there was no plan', undefined, inputs],
    ['something was left undone', { ...last, isFinished: false }, inputs],
    ['something changed', last, { ...inputs, changes: 8 }],
    ['a setting changed', last, { ...inputs, settings: { ...settings } }],
    ['a waiting stream is due', { ...last, nextDueAtMs: 500_000 }, inputs],
    ['the plan is old', last, { ...inputs, now: 10_000 }],
  ])('is not, when %s', (_name, plan, now) => {
    expect(isSettled(plan, now)).toBe(false);
  });

  it('is, while a waiting stream has to wait on', () => {
    expect(isSettled({ ...last, nextDueAtMs: 500_001 }, inputs)).toBe(true);
  });
});
