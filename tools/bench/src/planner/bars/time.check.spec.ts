import { holds } from './bar';
import { timeCheck } from './time.check';

describe('the check of a time', () => {
  it('judges the median and tells the fastest run', () => {
    const check = timeCheck('time', [300, 140, 149], 150);
    expect(check).toMatchObject({ figure: 149, unit: 'ms', note: 'fastest 140 ms' });
    expect(holds(check)).toBe(true);
    expect(holds(timeCheck('time', [300, 140, 151], 150))).toBe(false);
  });

  it('judges nothing without a limit', () => {
    expect(holds(timeCheck('time', [1e9]))).toBe(true);
  });
});
