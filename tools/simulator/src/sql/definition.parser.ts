import { QueryParser } from './query.parser';
import type { Catalog } from './sql.catalog';
import type { Expression, Query } from './sql.ast';
import { tokenize } from './sql.lexer';
import type { ShapeColumn } from './sql.scope';
import type { StoredTable, Trigger } from './stored.table';
import { TokenReader } from './token.reader';

/** Gives conditions over the columns of one table. */
export type CompileCondition = (
  expression: Expression,
  tables: readonly { readonly alias: string; readonly table: StoredTable }[],
) => (...rows: readonly (readonly unknown[])[]) => boolean;

export interface DefinitionTarget {
  readonly catalog: Catalog;
  readonly compileCondition: CompileCondition;
  /** Runs a query that stands among the definitions. */
  readonly runQuery: (query: Query) => void;
}

const CONSTRAINT_WORDS = ['primary', 'unique', 'check', 'foreign', 'constraint'];

/** Carries out the definitions of migrations. @throws Error at one that it does not know. */
export class DefinitionParser {
  private readonly reader: TokenReader;
  private readonly queries: QueryParser;

  constructor(
    sql: string,
    private readonly target: DefinitionTarget,
  ) {
    this.reader = new TokenReader(tokenize(sql));
    this.queries = new QueryParser(this.reader);
  }

  run(): void {
    while (!this.reader.isAtEnd) {
      this.definition();
      if (!this.reader.isAtEnd) this.reader.expect(';');
    }
  }

  private definition(): void {
    const { reader } = this;
    if (reader.take('create')) return this.create();
    if (reader.take('alter', 'table')) return this.alterTable();
    if (reader.is('drop') || reader.is('comment') || reader.is('set')) return this.drop();
    this.target.runQuery(this.queries.query());
  }

  private create(): void {
    const { reader } = this;
    reader.take('or', 'replace');
    if (reader.take('function')) return this.createFunction();
    if (reader.take('trigger')) return this.createTrigger();
    if (reader.take('table')) return this.createTable();
    const isUnique = reader.take('unique');
    if (reader.take('index')) return this.createIndex(isUnique);
    if (reader.is('extension') || reader.is('sequence')) return this.skipStatement();
    reader.fail('what is created?');
  }

  /** Triggers and unique indexes that are dropped are forgotten; the rest changes nothing here. */
  private drop(): void {
    const { reader } = this;
    if (reader.take('drop', 'trigger')) {
      reader.take('if', 'exists');
      const name = reader.name();
      reader.expect('on');
      const table = this.target.catalog.getTable(reader.name());
      table.triggers = table.triggers.filter((trigger) => trigger.name !== name);
    } else if (reader.take('drop', 'index')) {
      reader.take('if', 'exists');
      const name = reader.name();
      for (const table of this.target.catalog.tables.values()) {
        table.uniques = table.uniques.filter((key) => key.name !== name);
      }
    }
    this.skipStatement();
  }

  private skipStatement(): void {
    while (!this.reader.isAtEnd && !this.reader.is(';')) this.reader.next();
  }

  private createTable(): void {
    const { reader } = this;
    reader.take('if', 'not', 'exists');
    const name = reader.name();
    if (reader.is('partition')) return this.skipStatement();
    const table = this.target.catalog.createTable(name);
    reader.group(() => this.tableElement(table));
    this.skipStatement();
  }

  private tableElement(table: StoredTable): void {
    if (this.reader.isOneOf(CONSTRAINT_WORDS)) return this.tableConstraint(table);
    this.column(table);
  }

  private tableConstraint(table: StoredTable): void {
    const { reader } = this;
    const name = reader.take('constraint') ? reader.name() : `${table.name}_check`;
    if (reader.take('primary', 'key')) {
      table.primary = this.columnPositions(table);
      table.uniques.push({ columns: table.primary, where: undefined });
      return;
    }
    if (reader.take('unique')) {
      table.uniques.push({ columns: this.columnPositions(table), where: undefined });
      return;
    }
    if (reader.take('check')) return this.check(table, name);
    reader.expect('foreign', 'key');
    this.columnPositions(table);
    this.references();
  }

  private columnPositions(table: StoredTable): number[] {
    return this.reader.group(() => table.position(this.reader.name()));
  }

  private check(table: StoredTable, name: string): void {
    this.reader.expect('(');
    const expression = this.queries.expressions.expression();
    this.reader.expect(')');
    const alias = table.name;
    const sources = [{ alias, table }];
    let holds: ((...rows: readonly (readonly unknown[])[]) => boolean) | undefined;
    table.checks.push({
      name,
      holds: (values) => (holds ??= this.target.compileCondition(expression, sources))(values),
    });
  }

  private references(): void {
    const { reader } = this;
    if (!reader.take('references')) return;
    reader.name();
    if (reader.take('(')) reader.skipGroup();
    while (reader.take('on')) {
      reader.name();
      reader.name();
    }
  }

  private column(table: StoredTable): void {
    const { reader } = this;
    const name = reader.name();
    const type = this.queries.expressions.typeName();
    const flags = { isNotNull: false, isIdentity: false, isPrimary: false, isUnique: false };
    let fallback: Expression | undefined;
    const isIn = (...words: string[]): boolean => reader.take(...words);
    for (;;) {
      if (isIn('not', 'null')) flags.isNotNull = true;
      else if (isIn('null')) continue;
      else if (isIn('default')) fallback = this.queries.expressions.expression();
      else if (isIn('generated', 'always', 'as', 'identity')) flags.isIdentity = true;
      else if (isIn('primary', 'key')) flags.isPrimary = true;
      else if (isIn('unique')) flags.isUnique = true;
      else if (reader.is('references')) this.references();
      else if (reader.take('constraint')) reader.name();
      else if (reader.take('check')) this.check(table, `${table.name}_${name}_check`);
      else break;
    }
    table.addColumn({
      name,
      type,
      isNotNull: flags.isNotNull || flags.isPrimary,
      isIdentity: flags.isIdentity,
      fallback,
    });
    const columns = [table.position(name)];
    if (flags.isPrimary) table.primary = columns;
    if (flags.isPrimary || flags.isUnique) table.uniques.push({ columns, where: undefined });
  }

  private alterTable(): void {
    const { reader } = this;
    reader.take('if', 'exists');
    const table = this.target.catalog.getTable(reader.name());
    do {
      if (reader.take('add', 'column')) {
        reader.take('if', 'not', 'exists');
        this.addColumn(table);
      } else if (reader.take('add')) this.tableConstraint(table);
      else if (reader.take('drop', 'constraint')) this.dropConstraint(table);
      else return this.skipStatement();
    } while (reader.take(','));
  }

  private dropConstraint(table: StoredTable): void {
    this.reader.take('if', 'exists');
    const name = this.reader.name();
    table.checks = table.checks.filter((check) => check.name !== name);
  }

  /** Rows that are there already get the default. */
  private addColumn(table: StoredTable): void {
    this.column(table);
    if (table.rows.size > 0) this.reader.fail('a column added to a table that has rows');
  }

  private createIndex(isUnique: boolean): void {
    const { reader } = this;
    reader.take('concurrently');
    reader.take('if', 'not', 'exists');
    const name = reader.is('on') ? '' : reader.name();
    reader.expect('on');
    const table = this.target.catalog.getTable(reader.name());
    if (!isUnique) return this.skipStatement();
    const columns = this.columnPositions(table);
    const condition = reader.take('where') ? this.queries.expressions.expression() : undefined;
    const sources = [{ alias: table.name, table }];
    const where = condition && this.target.compileCondition(condition, sources);
    table.uniques.push({ name, columns, where });
  }

  private createFunction(): void {
    const { reader } = this;
    const name = reader.name();
    const parameters = reader.group((): ShapeColumn => {
      const parameter = reader.name();
      return { name: parameter, type: this.queries.expressions.typeName() };
    });
    reader.expect('returns');
    const returns = this.queries.expressions.typeName();
    let language = 'sql';
    let body = '';
    while (!reader.isAtEnd && !reader.is(';')) {
      if (reader.take('language')) language = reader.name();
      else if (reader.take('as')) body = reader.next().text;
      else reader.next();
    }
    this.target.catalog.functions.set(name, { name, parameters, returns, language, body });
  }

  private createTrigger(): void {
    const { reader } = this;
    const name = reader.name();
    const timing = reader.take('before') ? 'before' : (reader.expect('after'), 'after');
    const events = [reader.name()];
    while (reader.take('or')) events.push(reader.name());
    if (reader.take('of')) reader.list(() => reader.name());
    reader.expect('on');
    const table = this.target.catalog.getTable(reader.name());
    const { oldTable, newTable } = this.transitionTables(table);
    reader.expect('for', 'each');
    const isPerRow = reader.take('row');
    if (!isPerRow) reader.expect('statement');
    const when = this.triggerCondition(table);
    if (!reader.take('execute', 'function')) reader.expect('execute', 'procedure');
    const functionName = reader.name();
    reader.group(() => reader.next());
    const rest = { isPerRow, when, oldTable, newTable, functionName };
    for (const event of events as Trigger['event'][]) {
      table.triggers.push({ name, timing, event, ...rest });
    }
  }

  private transitionTables(table: StoredTable) {
    const { reader } = this;
    let oldTable: string | undefined;
    let newTable: string | undefined;
    if (reader.take('referencing')) {
      while (reader.isOneOf(['old', 'new'])) {
        const isOld = reader.take('old');
        if (!isOld) reader.expect('new');
        reader.expect('table', 'as');
        const name = reader.name();
        if (isOld) oldTable = name;
        else newTable = name;
        this.target.catalog.addTransition(name, table);
      }
    }
    return { oldTable, newTable };
  }

  private triggerCondition(table: StoredTable): Trigger['when'] {
    const { reader } = this;
    if (!reader.take('when')) return undefined;
    reader.expect('(');
    const condition = this.queries.expressions.expression();
    reader.expect(')');
    const sources = [
      { alias: 'old', table },
      { alias: 'new', table },
    ];
    return this.target.compileCondition(condition, sources);
  }
}
