import { findingsOf } from '../sample.test-support';
import { databaseClockRule } from './database-clock.rule';

const path = 'libs/database/src/ownership/lease.repository.ts';

describe('database-clock', () => {
  it.each([
    ["'UPDATE instance_leases SET seen = now()'", 'now('],
    ["'... WHERE lease_expires_at < CURRENT_TIMESTAMP'", 'CURRENT_TIMESTAMP'],
    ['`SELECT clock_timestamp() + $' + '{ttl}`', 'clock_timestamp('],
    ['`SELECT $' + '{column}, NOW ()`', 'NOW ('],
  ])('finds %s', (sql, found) => {
    expect(findingsOf(databaseClockRule, { [path]: `\nquery(${sql});` })).toEqual([
      `${path}:2 "${found}" in SQL: use weir_now()`,
    ]);
  });

  it('looks into the applications too', () => {
    const sql = "query('SELECT now()');";
    expect(findingsOf(databaseClockRule, { 'apps/x/src/y.repository.ts': sql })).toHaveLength(1);
  });

  it('accepts weir_now(), the migration that defines it, and calls in TypeScript', () => {
    const definition = 'query(`CREATE FUNCTION weir_now() ... SELECT clock_timestamp()`);';
    const texts = {
      [path]: "query('SELECT weir_now()'); const at = clock.now();",
      'libs/database/src/migrations/1-foundation.ts': definition,
    };
    expect(findingsOf(databaseClockRule, texts)).toEqual([]);
  });

  it('finds a definition of the clock outside the migrations', () => {
    const text = 'query(`CREATE FUNCTION weir_now() ... SELECT clock_timestamp()`);';
    expect(findingsOf(databaseClockRule, { [path]: text })).toHaveLength(1);
  });
});
