import { EXPECTED_SCHEMA } from '@weir/database';
import { createTestDatabase } from './test-database';
import type { TestDatabase } from './test-database';

describe('a database per test file', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase('of its own');
  });
  afterAll(() => test.close());

  it('has the whole schema', async () => {
    const rows = await test.database.control.query<{ name: string }>(
      'select name from schema_migrations order by id desc limit 1',
    );
    expect(rows[0]?.name).toBe(EXPECTED_SCHEMA);
  });

  it('steps the clock of ownership and puts it back', async () => {
    const readOffset = async (): Promise<number> => {
      const rows = await test.database.control.query<{ offset: number }>(
        `select extract(epoch from weir_now() - clock_timestamp())::double precision as "offset"`,
      );
      return Math.round(rows[0]!.offset);
    };
    await test.setClockOffset(60_000);
    expect(await readOffset()).toBe(60);
    await test.setClockOffset(0);
    expect(await readOffset()).toBeCloseTo(0);
  });
});
