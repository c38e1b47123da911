import {
  ENTITIES,
  EXPECTED_SCHEMA,
  MIGRATIONS,
  checkSchema,
  createDataSource,
  migrate,
} from '@weir/database';
import { createTestDatabase } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import type { DataSource } from 'typeorm';

let test: TestDatabase;
let source: DataSource;

beforeAll(async () => {
  test = await createTestDatabase('schema');
  source = await createDataSource(test.options).initialize();
});
afterAll(async () => {
  await source.destroy();
  await test.close();
});

interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
}

it.each(ENTITIES.map((entity) => [entity.name, entity] as const))(
  '%s has exactly the columns of its table',
  async (_name, entity) => {
    const metadata = source.getMetadata(entity);
    const rows: ColumnRow[] = await source.query(
      `select column_name as name, data_type as type, is_nullable = 'YES' as nullable
       from information_schema.columns where table_name = $1 order by 1`,
      [metadata.tableName],
    );
    const mapped = metadata.columns
      .map((column) => ({
        name: column.databaseName,
        type: column.isArray
          ? 'ARRAY'
          : String(column.type).replace('timestamptz', 'timestamp with time zone'),
        nullable: column.isNullable,
      }))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
    expect(mapped).toEqual(rows);
  },
);

it('is up to date after migrate, and a second migrate does nothing', async () => {
  expect(await migrate(test.options)).toEqual([]);
  expect(await checkSchema(source)).toEqual({
    current: EXPECTED_SCHEMA,
    expected: EXPECTED_SCHEMA,
    pending: [],
  });
});

it('names what is missing in an empty database', async () => {
  await test.database.control.query('create database empty_one');
  const options = { ...test.options, name: 'empty_one' };
  const empty = await createDataSource(options).initialize();
  const before = await checkSchema(empty);
  expect(before.current).toBeNull();
  expect(before.pending).toHaveLength(MIGRATIONS.length);
  const [first, second] = await Promise.all([migrate(options), migrate(options)]);
  expect(first.length + second.length).toBe(MIGRATIONS.length);
  expect((await checkSchema(empty)).pending).toEqual([]);
  await empty.destroy();
  await test.database.control.query('drop database empty_one with (force)');
});

it('makes partitions ahead, drops old ones, and refuses nothing in between', async () => {
  const { control } = test.database;
  await control.query(
    `create table events_20200101 partition of events for values from ('2020-01-01') to ('2020-01-02')`,
  );
  const [row] = await control.query<{ changed: number }>(
    `select weir_maintain_partitions('events', 30, 90) as changed`,
  );
  expect(row!.changed).toBe(23 + 1);
  const old = await control.query(`select to_regclass('events_20200101') as name`);
  expect(old).toEqual([{ name: null }]);
});
