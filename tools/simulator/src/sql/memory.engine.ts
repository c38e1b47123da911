import { compileInsert } from './insert.compiler';
import { ExpressionCompiler } from './expression.compiler';
import { newFrame } from './join.reader';
import { DefinitionParser } from './definition.parser';
import { ProcedureCompiler, compileSqlFunction } from './procedure.compiler';
import type { Procedure } from './procedure.compiler';
import { parseQuery } from './query.parser';
import { fireAfter } from './row.triggers';
import { compileSelect } from './select.compiler';
import type { CompilerParts } from './select.compiler';
import type { CompiledQuery } from './source.compiler';
import type { Query } from './sql.ast';
import { Catalog } from './sql.catalog';
import { Scope } from './sql.scope';
import type { CompiledCommon, Execution, FunctionCall } from './sql.scope';
import { SqlTransaction } from './sql.transaction';
import type { StoredTable, Values } from './stored.table';
import { SqlError, toDriver } from './sql.value';
import type { SqlValue } from './sql.value';
import { compileChange } from './write.compiler';

/** Types of the functions that the engine itself brings. */
const NATIVE_TYPES: Readonly<Record<string, string>> = {
  weir_now: 'timestamptz',
  clock_timestamp: 'timestamptz',
  pg_current_xact_id: 'xid8',
  pg_walfile_name: 'text',
  pg_try_advisory_xact_lock: 'boolean',
  weir_maintain_partitions: 'integer',
};

export interface StatementResult {
  readonly columns: readonly string[];
  readonly rows: readonly Record<string, unknown>[];
}

/**
 * PostgreSQL as far as Weir's statements go, in memory: tables with row versions and row locks,
 * read committed and repeatable read, triggers, and the SQL of libs/database compiled once.
 */
export class MemoryEngine {
  readonly catalog = new Catalog();
  /** Counts commits: the version that a snapshot sees. */
  sequence = 0;
  /** Of the write-ahead log: another one means another database than before. */
  timeline = 1;
  /** Tables that the last commit wrote to. */
  lastChanged: ReadonlySet<string> = new Set();
  readonly open = new Set<SqlTransaction>();
  private transactions = 0;
  private readonly plans = new Map<string, CompiledQuery>();
  private readonly procedures = new Map<string, Procedure>();
  private readonly plainFunctions = new Map<
    string,
    (execution: Execution, args: readonly SqlValue[]) => SqlValue
  >();
  private readonly parts: CompilerParts;

  /** @param now the database's clock, in ms */
  constructor(private readonly now: () => number) {
    const compileQuery = (query: Query, outer: Scope | undefined) => this.compile(query, outer);
    const expressions = new ExpressionCompiler(
      (select, scope) => {
        const compiled = this.compile(select, scope);
        const type = compiled.columns[0]?.type ?? 'unknown';
        const rows = (frame: Parameters<typeof compiled.run>[1]) =>
          compiled.run(frame?.execution as Execution, frame) as SqlValue[][];
        return { type, rows };
      },
      (name) => NATIVE_TYPES[name] ?? this.catalog.functions.get(name)?.returns,
    );
    this.parts = { catalog: this.catalog, expressions, compileQuery };
  }

  /** Carries out the definitions of a migration. */
  define(sql: string): void {
    const transaction = this.begin();
    new DefinitionParser(sql, {
      catalog: this.catalog,
      compileCondition: (expression, tables) => {
        const scope = new Scope(undefined);
        for (const { alias, table } of tables)
          scope.sources.push({ alias, columns: table.columns });
        const { run } = this.parts.expressions.compile(expression, scope);
        return (...rows) => {
          const frame = newFrame(this.executionOf(transaction, [], this.now()), undefined);
          frame.rows.push(...rows);
          return run(frame) !== false;
        };
      },
      runQuery: (query) => {
        this.compile(query, undefined).run(
          this.executionOf(transaction, [], this.now()),
          undefined,
        );
      },
    }).run();
    this.commit(transaction);
  }

  begin(): SqlTransaction {
    this.transactions += 1;
    const transaction = new SqlTransaction(this.transactions);
    transaction.snapshot = this.sequence;
    this.open.add(transaction);
    return transaction;
  }

  /**
   * Runs one statement. It sees what was committed up to the transaction's snapshot.
   * @param clock what weir_now() gives; earlier than now for a statement that has waited
   * @throws MustWait, with nothing written; SqlError
   */
  execute(
    transaction: SqlTransaction,
    sql: string,
    input: { readonly parameters: readonly SqlValue[]; readonly clock: number },
  ): StatementResult {
    const plan = this.planOf(sql);
    const execution = this.executionOf(transaction, input.parameters, input.clock);
    const mark = transaction.mark();
    transaction.statement += 1;
    try {
      const rows = plan.run(execution, undefined);
      fireAfter(execution);
      return toResult(plan, rows);
    } catch (error) {
      transaction.undoTo(mark);
      throw error;
    }
  }

  commit(transaction: SqlTransaction): void {
    this.sequence += 1;
    this.open.delete(transaction);
    this.lastChanged = transaction.writtenTables();
    transaction.commit(this.sequence, this.open.size > 0);
  }

  rollback(transaction: SqlTransaction): void {
    this.open.delete(transaction);
    transaction.rollback();
  }

  private planOf(sql: string): CompiledQuery {
    const known = this.plans.get(sql);
    if (known) return known;
    const plan = this.compile(parseQuery(sql), undefined);
    this.plans.set(sql, plan);
    return plan;
  }

  private executionOf(
    transaction: SqlTransaction,
    parameters: readonly SqlValue[],
    clock: number,
  ): Execution {
    return {
      transaction,
      parameters,
      clock,
      now: this.now,
      commons: new Map(),
      transitions: new Map(),
      changes: [],
      callFunction: (call) => this.callFunction(call),
    };
  }

  private compile(query: Query, outer: Scope | undefined): CompiledQuery {
    if (query.with.length === 0) return this.compileBody(query, outer);
    const scope = new Scope(outer);
    const commons = query.with.map((common) => {
      const compiled = this.compile(common.query, scope);
      const columns = compiled.columns.map(({ name, type }, at) => ({
        name: common.columns?.[at] ?? name,
        type,
      }));
      const made: CompiledCommon = {
        name: common.name,
        columns,
        run: (execution) => {
          const known = execution.commons.get(made);
          if (known) return known;
          const rows = compiled.run(execution, undefined);
          execution.commons.set(made, rows);
          return rows;
        },
      };
      scope.commons.set(common.name, made);
      return { made, isWriting: common.query.kind !== 'select' };
    });
    const body = this.compileBody(query, scope);
    const writing = commons.filter(({ isWriting }) => isWriting);
    return {
      columns: body.columns,
      run: (execution, frame) => {
        for (const { made } of writing) made.run(execution);
        return body.run(execution, frame);
      },
    };
  }

  private compileBody(query: Query, outer: Scope | undefined): CompiledQuery {
    switch (query.kind) {
      case 'select':
        return compileSelect(this.parts, query, outer);
      case 'insert':
        return compileInsert(this.parts, query, outer);
      case 'update':
      case 'delete':
        return compileChange(this.parts, query, outer);
    }
  }

  private callFunction({ name, args, execution }: FunctionCall): SqlValue {
    switch (name) {
      case 'pg_current_xact_id':
        return execution.transaction.id;
      case 'pg_walfile_name':
        return `${this.timeline.toString(16).padStart(8, '0')}${'0'.repeat(15)}1`;
      case 'weir_maintain_partitions':
        return 0;
      case 'pg_try_advisory_xact_lock':
        return this.tryAdvisoryLock(execution.transaction, args.join('/'));
      default:
        return this.callDefined({ name, args, execution });
    }
  }

  private tryAdvisoryLock(transaction: SqlTransaction, key: string): boolean {
    for (const other of this.open) {
      if (other !== transaction && other.advisory.has(key)) return false;
    }
    transaction.advisory.add(key);
    return true;
  }

  private callDefined({ name, args, execution }: FunctionCall): SqlValue {
    const definition = this.catalog.functions.get(name);
    if (!definition) throw new SqlError('42883', `no function ${name}`);
    if (definition.language === 'sql') {
      const known = this.plainFunctions.get(name) ?? compileSqlFunction(this.parts, definition);
      this.plainFunctions.set(name, known);
      return known(execution, args);
    }
    const [table, old, next, event] = args as [StoredTable, Values | null, Values | null, string];
    const key = `${name} ${table.name}`;
    const known =
      this.procedures.get(key) ?? new ProcedureCompiler(this.parts, definition, table).compile();
    this.procedures.set(key, known);
    return known(execution, { old, next, operation: event.toUpperCase() });
  }
}

function toResult(plan: CompiledQuery, rows: readonly Values[]): StatementResult {
  const columns = plan.columns.map(({ name }) => name);
  return {
    columns,
    rows: rows.map((row) =>
      Object.fromEntries(
        plan.columns.map(({ name, type }, at) => [name, toDriver(row[at] ?? null, type)]),
      ),
    ),
  };
}
