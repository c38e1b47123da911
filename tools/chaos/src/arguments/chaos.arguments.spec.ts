import { SHORT_SEED, readArguments } from './chaos.arguments';

const KNOWN = ['P1', 'P15', 'W3'];
const FRESH_SEED = 77;

function read(...argv: string[]) {
  return readArguments(argv, KNOWN, FRESH_SEED);
}

describe('the arguments of npm run chaos', () => {
  it('name rows in any order and case, and are run in the order of the matrix', () => {
    expect(read('--rows', 'w3, p1')).toMatchObject({ rows: ['P1', 'W3'], seed: FRESH_SEED });
    expect(read('--all').rows).toEqual(KNOWN);
  });

  it('take a seed, repetitions and a lease', () => {
    expect(read('--random', '600', '--seed', '5', '--repeat', '3', '--lease-ttl', '15000')).toEqual(
      {
        rows: [],
        randomSeconds: 600,
        isShort: false,
        isFull: false,
        seed: 5,
        repetitions: 3,
        leaseTtlMs: 15_000,
        isJson: false,
        isKept: false,
        isCanary: false,
      },
    );
  });

  it('always mean the same in the short form', () => {
    expect(read('--short').seed).toBe(SHORT_SEED);
    expect(read('--short', '--seed', '9').seed).toBe(9);
  });

  it.each([
    [['--rows', 'P1,X9'], 'no row X9'],
    [['--random', '0'], '1 to 86400'],
    [['--seed', '-1', '--all'], '0 to 2147483647'],
    [['--lease-ttl', '1000', '--all'], '3000 to 60000'],
    [['--unknown'], 'unknown option'],
    [[], 'say what to run'],
  ])('refuse %j and say why', (argv, reason) => {
    const write = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
    try {
      expect(() => read(...argv)).toThrow(reason);
    } finally {
      write.mockRestore();
    }
  });
});
