import { holds } from '../bars/bar';
import type { Check } from '../bars/bar';
import { figureText, limitText, marginText, verdictText } from './check.text';

function texts(check: Omit<Check, 'name'>): string[] {
  const whole = { name: 'time', ...check };
  const figure = figureText(whole.figure, whole.unit);
  return [figure, limitText(whole), verdictText(whole), marginText(whole)];
}

describe('a check as text', () => {
  it('tells what holds and by how much', () => {
    expect(texts({ figure: 120, unit: 'ms', atMost: 150 })).toEqual([
      '120 ms',
      '<= 150 ms',
      'holds',
      '20.00 % below',
    ]);
    expect(texts({ figure: 99.5, unit: '%', atLeast: 99 })).toEqual([
      '99.50 %',
      '>= 99 %',
      'holds',
      '0.51 % above',
    ]);
  });

  it('tells what does not hold and by how much', () => {
    expect(texts({ figure: 510.4, unit: 'ms', atMost: 150 })).toEqual([
      '510 ms',
      '<= 150 ms',
      'DOES NOT HOLD',
      '3.4 times',
    ]);
    expect(texts({ figure: 3, unit: '', atMost: 0 })).toEqual([
      '3',
      '<= 0',
      'DOES NOT HOLD',
      '3 above',
    ]);
    expect(texts({ figure: 30, unit: '', atLeast: 31, atMost: 31 })).toEqual([
      '30',
      '= 31',
      'DOES NOT HOLD',
      '3.23 % below',
    ]);
  });

  it('judges nothing without a limit', () => {
    expect(texts({ figure: 1.00421, unit: '' })).toEqual(['1.0042', '', '', '']);
  });

  it('does not take a missing figure for a good one', () => {
    expect(holds({ name: 'time', figure: Number.NaN, unit: 'ms', atMost: 150 })).toBe(false);
    expect(texts({ figure: Number.NaN, unit: 'ms', atMost: 150 })).toEqual([
      'no figure',
      '<= 150 ms',
      'DOES NOT HOLD',
      '',
    ]);
  });
});
