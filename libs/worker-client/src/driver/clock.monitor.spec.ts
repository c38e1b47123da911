import { ClockMonitor } from './clock.monitor';

describe('ClockMonitor', () => {
  it('notices a suspended machine and a stepped clock, not a slow drift', () => {
    let wallMs = 1_000_000;
    let monotonicMs = 50;
    const monitor = new ClockMonitor({ wallMs: () => wallMs, nowMs: () => monotonicMs });
    wallMs += 10_900;
    monotonicMs += 10_000;
    expect(monitor.findDisagreementMs()).toBeUndefined();
    wallMs += 60_000;
    expect(monitor.findDisagreementMs()).toBe(60_900);
    monitor.settle();
    expect(monitor.findDisagreementMs()).toBeUndefined();
    wallMs -= 5_000;
    expect(monitor.findDisagreementMs()).toBe(-5_000);
  });
});
