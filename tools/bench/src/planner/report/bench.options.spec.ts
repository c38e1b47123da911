import { parseArguments } from './bench.options';

describe('the arguments of the benchmark', () => {
  it('ask for everything, nine times, when there are none', () => {
    const parsed = parseArguments([]);
    expect(parsed).toMatchObject({
      kind: 'run',
      options: { isJson: false, runs: 9, warmUps: 2, seed: 1, scale: 1 },
    });
    const only = parsed.kind === 'run' ? [...parsed.options.only] : [];
    expect(only).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', 'peers']);
  });

  it('choose bars, runs and form', () => {
    const args = ['--only=1,4', '--runs=3', '--warm-ups=0', '--scale=0.5', '--seed=7', '--json'];
    expect(parseArguments(args)).toEqual({
      kind: 'run',
      options: {
        isJson: true,
        only: new Set(['1', '4']),
        runs: 3,
        warmUps: 0,
        seed: 7,
        scale: 0.5,
      },
    });
  });

  it('ask for help', () => {
    expect(parseArguments(['--help', '--runs=2'])).toEqual({ kind: 'help' });
  });

  it('are told everything that is wrong with them at once', () => {
    const args = ['--runs=0', '--only=4,12,x', '--fast', 'json', '--scale=2', '--json=1', '--only'];
    expect(parseArguments(args)).toEqual({
      kind: 'faulty',
      problems: [
        '--runs must be a whole number from 1, not "0"',
        '--only must name 1, 2, 3, 4, 5, 6, 7, 8, 9, peers, not "12", "x"',
        '--fast is not an option',
        'json is not an option',
        '--scale must be more than 0 and at most 1, not "2"',
        '--json takes no value',
        '--only must name 1, 2, 3, 4, 5, 6, 7, 8, 9, peers, not ""',
      ],
    });
  });

  it('are given once each', () => {
    expect(parseArguments(['--runs=3', '--runs=4'])).toEqual({
      kind: 'faulty',
      problems: ['--runs is given twice'],
    });
  });
});
