import { ExpressionParser } from './expression.parser';
import type {
  Assignment,
  CommonTable,
  DeleteQuery,
  Expression,
  FromItem,
  InsertQuery,
  LockClause,
  Query,
  SelectItem,
  SelectQuery,
  UpdateQuery,
} from './sql.ast';
import { tokenize } from './sql.lexer';
import { TokenReader } from './token.reader';

const AFTER_TABLE = [
  'where',
  'join',
  'left',
  'inner',
  'cross',
  'on',
  'group',
  'order',
  'limit',
  'offset',
  'for',
  'union',
  'having',
  'using',
  'set',
  'returning',
  'from',
  'select',
  'values',
  'do',
  'default',
];

/** Reads queries. */
export class QueryParser {
  readonly expressions: ExpressionParser;

  constructor(readonly reader: TokenReader) {
    this.expressions = new ExpressionParser(reader, () => this.select());
  }

  query(): Query {
    const commons = this.commonTables();
    const { reader } = this;
    if (reader.is('insert')) return this.insert(commons);
    if (reader.is('update')) return this.update(commons);
    if (reader.is('delete')) return this.delete(commons);
    return this.select(commons);
  }

  select(commons: readonly CommonTable[] = this.commonTables()): SelectQuery {
    const first = this.plainSelect();
    const union: { select: SelectQuery; isAll: boolean }[] = [];
    const { reader } = this;
    while (reader.take('union')) {
      const isAll = reader.take('all');
      union.push({ isAll, select: this.plainSelect() });
    }
    const orderBy = reader.take('order', 'by') ? this.expressions.orderBy() : [];
    const limit = reader.take('limit') ? this.expressions.expression() : undefined;
    const offset = reader.take('offset') ? this.expressions.expression() : undefined;
    return { ...first, with: commons, union, orderBy, limit, offset, lock: this.lock() };
  }

  private commonTables(): CommonTable[] {
    const { reader } = this;
    if (!reader.take('with')) return [];
    return reader.list(() => {
      const name = reader.name();
      const columns = reader.is('(') ? reader.group(() => reader.name()) : undefined;
      reader.expect('as');
      if (reader.take('not')) reader.expect('materialized');
      else reader.take('materialized');
      reader.expect('(');
      const query = this.query();
      reader.expect(')');
      return { name, columns, query };
    });
  }

  private plainSelect(): SelectQuery {
    const { reader, expressions } = this;
    if (reader.take('(')) {
      const inner = this.select();
      reader.expect(')');
      return inner;
    }
    reader.expect('select');
    let distinctOn: SelectQuery['distinctOn'];
    if (reader.take('distinct', 'on')) distinctOn = reader.group(expressions.expression);
    else if (reader.take('distinct')) distinctOn = 'all';
    const items = this.selectItems();
    const from = reader.take('from') ? this.from() : [];
    const where = reader.take('where') ? expressions.expression() : undefined;
    const groupBy = reader.take('group', 'by') ? reader.list(expressions.expression) : [];
    const having = reader.take('having') ? expressions.expression() : undefined;
    const body = { distinctOn, items, from, where, groupBy, having };
    const rest = { orderBy: [], limit: undefined, offset: undefined, lock: undefined, union: [] };
    return { kind: 'select', with: [], ...body, ...rest };
  }

  private selectItems(): SelectItem[] {
    const { reader } = this;
    return reader.list(() => {
      if (reader.take('*')) return { of: undefined, as: undefined, star: '' };
      if (reader.peek(1).text === '.' && reader.peek(2).text === '*') {
        const star = reader.name();
        reader.expect('.', '*');
        return { of: undefined, as: undefined, star };
      }
      const of = this.expressions.expression();
      return { of, as: this.itemAlias(), star: undefined };
    });
  }

  private itemAlias(): string | undefined {
    const { reader } = this;
    if (reader.take('as')) return reader.name();
    const token = reader.peek();
    if (token.kind === 'quoted') return reader.name();
    return token.kind === 'word' && !AFTER_TABLE.includes(token.text) ? reader.name() : undefined;
  }

  private from(): FromItem[] {
    const items: FromItem[] = [];
    do items.push(this.fromItem('cross'), ...this.joins());
    while (this.reader.take(','));
    return items;
  }

  private joins(): FromItem[] {
    const items: FromItem[] = [];
    for (;;) {
      const join = this.joinKind();
      if (!join) return items;
      items.push(this.fromItem(join));
    }
  }

  private joinKind(): FromItem['join'] | undefined {
    const { reader } = this;
    if (reader.take('cross', 'join')) return 'cross';
    if (reader.take('join') || reader.take('inner', 'join')) return 'inner';
    if (reader.take('left', 'join') || reader.take('left', 'outer', 'join')) return 'left';
    return undefined;
  }

  private fromItem(join: FromItem['join']): FromItem {
    const { reader } = this;
    reader.take('lateral');
    const source = this.fromSource();
    const isNamed = reader.take('as') || this.isAliasNext();
    const alias = isNamed ? reader.name() : 'name' in source ? source.name : '';
    const columns = reader.is('(') ? reader.group(() => reader.name()) : undefined;
    const on = reader.take('on') ? this.expressions.expression() : undefined;
    const using = reader.take('using') ? reader.group(() => reader.name()) : undefined;
    return { join, source, alias, columns, on, using };
  }

  private isAliasNext(): boolean {
    const token = this.reader.peek();
    if (token.kind === 'quoted') return true;
    return token.kind === 'word' && !AFTER_TABLE.includes(token.text);
  }

  private fromSource(): FromItem['source'] {
    const { reader, expressions } = this;
    if (reader.take('(')) {
      if (reader.take('values')) {
        const rows = reader.list(() => reader.group(expressions.expression));
        reader.expect(')');
        return { kind: 'values', rows };
      }
      const query = this.query();
      reader.expect(')');
      return { kind: 'query', query };
    }
    const name = reader.name();
    if (!reader.is('(')) return { kind: 'table', name };
    const args = reader.group(expressions.expression);
    return { kind: 'call', name, args, hasOrdinality: reader.take('with', 'ordinality') };
  }

  private lock(): LockClause | undefined {
    const { reader } = this;
    if (!reader.take('for')) return undefined;
    const isShare = reader.take('share') || reader.take('key', 'share');
    if (!isShare && !reader.take('no', 'key', 'update')) reader.expect('update');
    const of = reader.take('of') ? reader.list(() => reader.name()) : undefined;
    const isSkip = reader.take('skip', 'locked');
    const onConflict = isSkip ? 'skip' : reader.take('nowait') ? 'fail' : 'wait';
    return { mode: isShare ? 'share' : 'update', of, onConflict };
  }

  private insert(commons: readonly CommonTable[]): InsertQuery {
    const { reader } = this;
    reader.expect('insert', 'into');
    const { table, alias } = this.target();
    const columns = reader.is('(') ? reader.group(() => reader.name()) : undefined;
    const source = this.insertSource();
    const conflict = reader.take('on', 'conflict') ? this.conflict() : undefined;
    const returning = this.returning();
    return { kind: 'insert', with: commons, table, alias, columns, source, conflict, returning };
  }

  private insertSource(): InsertQuery['source'] {
    const { reader } = this;
    if (!reader.take('values')) return { kind: 'query', query: this.select() };
    const cell = (): Expression | 'default' =>
      reader.take('default') ? 'default' : this.expressions.expression();
    return { kind: 'values', rows: reader.list(() => reader.group(cell)) };
  }

  private conflict(): InsertQuery['conflict'] {
    const { reader } = this;
    const columns = reader.is('(') ? reader.group(() => reader.name()) : undefined;
    if (reader.take('where')) this.expressions.expression();
    reader.expect('do');
    if (reader.take('nothing')) return { columns, set: undefined, where: undefined };
    reader.expect('update', 'set');
    const set = this.assignments();
    const where = reader.take('where') ? this.expressions.expression() : undefined;
    return { columns, set, where };
  }

  private update(commons: readonly CommonTable[]): UpdateQuery {
    const { reader } = this;
    reader.expect('update');
    const { table, alias } = this.target();
    reader.expect('set');
    const set = this.assignments();
    const from = reader.take('from') ? this.from() : [];
    const where = reader.take('where') ? this.expressions.expression() : undefined;
    const returning = this.returning();
    return { kind: 'update', with: commons, table, alias, set, from, where, returning };
  }

  private delete(commons: readonly CommonTable[]): DeleteQuery {
    const { reader } = this;
    reader.expect('delete', 'from');
    const { table, alias } = this.target();
    const from = reader.take('using') ? this.from() : [];
    const where = reader.take('where') ? this.expressions.expression() : undefined;
    return {
      kind: 'delete',
      with: commons,
      table,
      alias,
      from,
      where,
      returning: this.returning(),
    };
  }

  private target(): { table: string; alias: string } {
    const { reader } = this;
    const table = reader.name();
    const isNamed = reader.take('as') || this.isAliasNext();
    return { table, alias: isNamed ? reader.name() : table };
  }

  private assignments(): Assignment[] {
    return this.reader.list(() => {
      const column = this.reader.name();
      this.reader.expect('=');
      return { column, value: this.expressions.expression() };
    });
  }

  private returning(): SelectItem[] | undefined {
    return this.reader.take('returning') ? this.selectItems() : undefined;
  }
}

/** Reads one query. @throws Error when it is none that the simulator knows. */
export function parseQuery(sql: string): Query {
  const reader = new TokenReader(tokenize(sql));
  const query = new QueryParser(reader).query();
  reader.take(';');
  if (!reader.isAtEnd) reader.fail('text after the end');
  return query;
}
