import { findingsOf } from '../sample.test-support';
import { poolErrorsRule } from './pool-errors.rule';

const path = 'libs/x/src/pools.ts';

describe('pool-errors', () => {
  it.each(['const pool = new Pool(options);', 'const pool = new pg.Pool();'])(
    'finds %s without a listener',
    (text) => {
      expect(findingsOf(poolErrorsRule, { [path]: `\n${text}` })).toEqual([
        `${path}:2 new Pool() without .on('error') in the same file`,
      ]);
    },
  );

  it('accepts a pool whose errors are heard', () => {
    const text = "const pool = new Pool(options);\npool.on('error', report);";
    expect(findingsOf(poolErrorsRule, { [path]: text })).toEqual([]);
  });

  it('does not count a listener of something else', () => {
    const text = "const pool = new Pool(options);\npool.on('connect', report);";
    expect(findingsOf(poolErrorsRule, { [path]: text })).toHaveLength(1);
  });
});
