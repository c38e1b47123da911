import { findingsOf } from '../sample.test-support';
import { filePlacesRule } from './file-places.rule';

describe('file-places', () => {
  it.each([
    'apps/x/src/fleet.entity.ts',
    'apps/x/src/migrations/1-first.ts',
    'libs/x/src/register.dto.ts',
    'apps/x/src/rebalance.payload.ts',
    'libs/common/src/index.ts',
    'libs/utils/package.json',
  ])('finds %s', (path) => {
    expect(findingsOf(filePlacesRule, { [path]: '' })).toHaveLength(1);
  });

  it('accepts each at home', () => {
    const texts = {
      'libs/database/src/entities/fleet.entity.ts': '',
      'libs/database/src/migrations/1-first.ts': '',
      'apps/x/src/register.dto.ts': '',
      'libs/queues/src/rebalance.payload.ts': '',
    };
    expect(findingsOf(filePlacesRule, texts)).toEqual([]);
  });
});
