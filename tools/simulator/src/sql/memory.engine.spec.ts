import { MIGRATIONS } from '@weir/database';
import { MemoryEngine } from './memory.engine';
import { MustWait } from './sql.transaction';
import type { SqlTransaction } from './sql.transaction';

describe('the engine in memory', () => {
  let engine: MemoryEngine;
  let nowMs: number;

  beforeEach(() => {
    nowMs = 1_000;
    engine = new MemoryEngine(() => nowMs);
    engine.define(
      'create table t (id bigint primary key, v integer not null default 0, at timestamptz)',
    );
    const transaction = engine.begin();
    run(transaction, 'insert into t (id) values (1), (2)');
    engine.commit(transaction);
  });

  function run(transaction: SqlTransaction, sql: string, parameters: readonly unknown[] = []) {
    return engine.execute(transaction, sql, { parameters, clock: nowMs }).rows;
  }

  it('takes every migration', async () => {
    const runner = { query: (sql: string) => Promise.resolve(engine.define(sql)) };
    for (const migration of MIGRATIONS) await new migration().up(runner as never);
    expect(engine.catalog.tables.has('assignments')).toBe(true);
  });

  it('shows nobody what is not committed', () => {
    const [writer, reader] = [engine.begin(), engine.begin()];
    run(writer, 'update t set v = 7 where id = 1');
    expect(run(reader, 'select v from t where id = 1')).toEqual([{ v: 0 }]);
    expect(run(writer, 'select v from t where id = 1')).toEqual([{ v: 7 }]);
    engine.commit(writer);
    reader.snapshot = engine.sequence;
    expect(run(reader, 'select v from t where id = 1')).toEqual([{ v: 7 }]);
  });

  it('keeps a statement waiting for a row that is locked, and leaves nothing of it behind', () => {
    const [holder, waiter] = [engine.begin(), engine.begin()];
    run(holder, 'select 1 from t where id = 2 for update');
    expect(() => run(waiter, 'update t set v = 1')).toThrow(MustWait);
    engine.commit(holder);
    expect(run(waiter, 'select v from t order by id')).toEqual([{ v: 0 }, { v: 0 }]);
  });

  it('looks again at a row that changed while a statement waited, and not at the others', () => {
    const [first, second] = [engine.begin(), engine.begin()];
    run(first, 'update t set v = 5 where id = 1');
    expect(() => run(second, 'update t set v = v + 1 where v = 0')).toThrow(MustWait);
    engine.commit(first);
    run(second, 'update t set v = v + 1 where v = 0');
    engine.commit(second);
    const reader = engine.begin();
    expect(run(reader, 'select id, v from t order by id')).toEqual([
      { id: 1, v: 5 },
      { id: 2, v: 1 },
    ]);
  });

  it('hides the writes of a statement from its own other parts', () => {
    const transaction = engine.begin();
    const rows = run(
      transaction,
      `with changed as (update t set v = 9 where id = 1 returning id, v)
       select c.v as new, t.v as old from changed c join t using (id)`,
    );
    expect(rows).toEqual([{ new: 9, old: 0 }]);
  });

  it('refuses SQL that it does not know, by its text', () => {
    const transaction = engine.begin();
    expect(() => run(transaction, 'select frobnicate(id) from t')).toThrow('frobnicate');
  });
});
