import type { Expression, OrderKey, SelectQuery, WindowFrame } from './sql.ast';
import type { TokenReader } from './token.reader';

/** How tightly operators bind, loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ['=', '<', '>', '<=', '>=', '<>', '!='],
  ['||', '->', '->>', '@>', '<@', '&&', '<<', '>>', '#', '&', '|', '~', '!~', '~*', '?'],
  ['+', '-'],
  ['*', '/', '%'],
];
const COMPARISONS = LEVELS[0] as readonly string[];
const TWO_WORD_TYPES: Readonly<Record<string, string>> = {
  double: 'precision',
  character: 'varying',
};

/** Reads expressions; queries inside of them are read by `readSelect`. */
export class ExpressionParser {
  constructor(
    private readonly reader: TokenReader,
    private readonly readSelect: () => SelectQuery,
  ) {}

  expression = (): Expression => {
    let left = this.conjunction();
    while (this.reader.take('or')) left = binary('or', left, this.conjunction());
    return left;
  };

  orderBy = (): OrderKey[] => this.reader.list(() => this.orderKey());

  typeName(): string {
    const first = this.reader.name();
    const second = TWO_WORD_TYPES[first];
    if (second) this.reader.expect(second);
    let type = second ? `${first} ${second}` : first;
    if (type === 'timestamp' && this.reader.take('with', 'time', 'zone')) type = 'timestamptz';
    if (this.reader.take('(')) this.reader.skipGroup();
    while (this.reader.take('[', ']')) type += '[]';
    return canonicalType(type);
  }

  private orderKey(): OrderKey {
    const by = this.expression();
    const isDescending = this.reader.take('desc');
    if (!isDescending) this.reader.take('asc');
    const nullsFirst = this.reader.take('nulls', 'first');
    const nullsLast = !nullsFirst && this.reader.take('nulls', 'last');
    return { by, isDescending, nullsFirst: nullsFirst ? true : nullsLast ? false : undefined };
  }

  private conjunction(): Expression {
    let left = this.negation();
    while (this.reader.take('and')) left = binary('and', left, this.negation());
    return left;
  }

  private negation(): Expression {
    if (this.reader.take('not')) return { kind: 'unary', operator: 'not', of: this.negation() };
    return this.predicate();
  }

  /** Everything that binds between `not` and arithmetic. */
  private predicate(): Expression {
    let left = this.operators(1);
    for (;;) {
      const next = this.predicateAfter(left);
      if (!next) return left;
      left = next;
    }
  }

  private predicateAfter(left: Expression): Expression | undefined {
    const { reader } = this;
    if (reader.take('is')) return this.isPredicate(left);
    if (reader.is('not', 'in')) {
      reader.expect('not', 'in');
      return this.inPredicate(left, true);
    }
    if (reader.take('in')) return this.inPredicate(left, false);
    if (reader.take('between')) return this.between(left);
    if (reader.take('not', 'between')) {
      return { kind: 'unary', operator: 'not', of: this.between(left) };
    }
    if (reader.take('like')) return binary('like', left, this.operators(1));
    if (reader.isOneOf(COMPARISONS)) {
      const operator = reader.next().text;
      const isAny = reader.take('any');
      if (isAny || reader.take('all')) {
        const array = this.parenthesized();
        return { kind: 'any', operator, left, array, isAll: !isAny };
      }
      return binary(operator, left, this.operators(1));
    }
    return undefined;
  }

  private parenthesized(): Expression {
    this.reader.expect('(');
    if (this.isSelectNext()) {
      const select = this.readSelect();
      this.reader.expect(')');
      return { kind: 'subquery', select, isArray: true };
    }
    const inner = this.expression();
    this.reader.expect(')');
    return inner;
  }

  private isPredicate(left: Expression): Expression {
    const isNot = this.reader.take('not');
    if (this.reader.take('null')) return { kind: 'is-null', of: left, isNot };
    if (this.reader.take('distinct', 'from')) {
      return { kind: 'is-distinct', left, right: this.operators(1), isNot };
    }
    const value = this.reader.take('true');
    if (!value) this.reader.expect('false');
    const literal: Expression = { kind: 'literal', value, type: 'boolean' };
    return { kind: 'is-distinct', left, right: literal, isNot: !isNot };
  }

  private inPredicate(of: Expression, isNot: boolean): Expression {
    this.reader.expect('(');
    if (this.isSelectNext()) {
      const list = this.readSelect();
      this.reader.expect(')');
      return { kind: 'in', of, list, isNot };
    }
    const list = this.reader.list(this.expression);
    this.reader.expect(')');
    return { kind: 'in', of, list, isNot };
  }

  private between(left: Expression): Expression {
    const low = this.operators(1);
    this.reader.expect('and');
    return binary('and', binary('>=', left, low), binary('<=', left, this.operators(1)));
  }

  private operators(level: number): Expression {
    const operators = LEVELS[level];
    if (!operators) return this.unary();
    let left = this.operators(level + 1);
    while (this.reader.peek().kind === 'operator' && this.reader.isOneOf(operators)) {
      left = binary(this.reader.next().text, left, this.operators(level + 1));
    }
    return left;
  }

  private unary(): Expression {
    if (this.reader.take('-')) return { kind: 'unary', operator: '-', of: this.unary() };
    return this.postfix(this.primary());
  }

  private postfix(of: Expression): Expression {
    if (this.reader.take('::')) {
      return this.postfix({ kind: 'cast', of, type: this.typeName() });
    }
    if (!this.reader.take('[')) return of;
    const from = this.reader.is(':') ? undefined : this.expression();
    const isRange = this.reader.take(':');
    const to = this.reader.is(']') ? undefined : this.expression();
    this.reader.expect(']');
    return this.postfix({ kind: 'slice', of, from, to, isRange });
  }

  private primary(): Expression {
    const { reader } = this;
    const token = reader.peek();
    if (token.kind === 'parameter') {
      reader.next();
      return { kind: 'parameter', index: Number(token.text) - 1 };
    }
    if (token.kind === 'number') {
      reader.next();
      const type = token.text.includes('.') ? 'numeric' : 'integer';
      return { kind: 'literal', value: Number(token.text), type };
    }
    if (token.kind === 'string') {
      reader.next();
      return { kind: 'literal', value: token.text, type: 'unknown' };
    }
    if (reader.take('(')) return this.parenthesis();
    return this.named();
  }

  private parenthesis(): Expression {
    if (this.isSelectNext()) {
      const select = this.readSelect();
      this.reader.expect(')');
      return { kind: 'subquery', select, isArray: false };
    }
    const items = this.reader.list(this.expression);
    this.reader.expect(')');
    const [only] = items;
    return items.length === 1 && only ? only : { kind: 'row', items };
  }

  private named(): Expression {
    const { reader } = this;
    if (reader.peek().kind !== 'quoted') {
      const special = this.special();
      if (special) return special;
    }
    const name = reader.name();
    if (reader.is('(')) return this.call(name);
    if (reader.take('.')) return { kind: 'column', table: name, name: reader.name() };
    return { kind: 'column', table: undefined, name };
  }

  private special(): Expression | undefined {
    const { reader } = this;
    if (reader.take('null')) return { kind: 'literal', value: null, type: 'unknown' };
    if (reader.take('true')) return { kind: 'literal', value: true, type: 'boolean' };
    if (reader.take('false')) return { kind: 'literal', value: false, type: 'boolean' };
    if (reader.take('case')) return this.caseExpression();
    if (reader.take('exists')) {
      reader.expect('(');
      const select = this.readSelect();
      reader.expect(')');
      return { kind: 'exists', select };
    }
    if (reader.take('interval')) return intervalOf(reader.next().text);
    if (reader.take('row')) return { kind: 'row', items: reader.group(this.expression) };
    if (reader.is('array', '[') || reader.is('array', '(')) return this.arrayExpression();
    if (reader.is('extract', '(')) return this.extraction();
    if (reader.is('cast', '(')) return this.castCall();
    return undefined;
  }

  private arrayExpression(): Expression {
    this.reader.expect('array');
    if (this.reader.take('(')) {
      const select = this.readSelect();
      this.reader.expect(')');
      return { kind: 'subquery', select, isArray: true };
    }
    this.reader.expect('[');
    const items = this.reader.is(']') ? [] : this.reader.list(this.expression);
    this.reader.expect(']');
    return { kind: 'array', items };
  }

  private extraction(): Expression {
    this.reader.expect('extract', '(');
    const field = this.reader.name();
    this.reader.expect('from');
    const of = this.expression();
    this.reader.expect(')');
    return plainCall(`extract_${field}`, [of]);
  }

  private castCall(): Expression {
    this.reader.expect('cast', '(');
    const of = this.expression();
    this.reader.expect('as');
    const type = this.typeName();
    this.reader.expect(')');
    return { kind: 'cast', of, type };
  }

  private caseExpression(): Expression {
    const { reader } = this;
    const operand = reader.is('when') ? undefined : this.expression();
    const whens: { when: Expression; then: Expression }[] = [];
    while (reader.take('when')) {
      const when = this.expression();
      reader.expect('then');
      whens.push({ when, then: this.expression() });
    }
    const otherwise = reader.take('else') ? this.expression() : undefined;
    reader.expect('end');
    return { kind: 'case', operand, whens, otherwise };
  }

  private call(name: string): Expression {
    const { reader } = this;
    reader.expect('(');
    const isStar = reader.take('*');
    const isDistinct = reader.take('distinct');
    const args = isStar || reader.is(')') ? [] : this.callArguments(name);
    const orderBy = reader.take('order', 'by') ? this.orderBy() : [];
    reader.expect(')');
    let filter: Expression | undefined;
    if (reader.take('filter', '(', 'where')) {
      filter = this.expression();
      reader.expect(')');
    }
    const over = reader.take('over') ? this.windowFrame() : undefined;
    return { kind: 'call', name, args, isStar, isDistinct, orderBy, filter, over };
  }

  /** `substring(x from 1 for 8)` has commas of its own. */
  private callArguments(name: string): Expression[] {
    const { reader } = this;
    const args = reader.list(this.expression);
    if (name === 'substring' && reader.take('from')) args.push(this.expression());
    if (name === 'substring' && reader.take('for')) args.push(this.expression());
    return args;
  }

  private windowFrame(): WindowFrame {
    const { reader } = this;
    reader.expect('(');
    const partitionBy = reader.take('partition', 'by') ? reader.list(this.expression) : [];
    const orderBy = reader.take('order', 'by') ? this.orderBy() : [];
    reader.expect(')');
    return { partitionBy, orderBy };
  }

  private isSelectNext(): boolean {
    return this.reader.is('select') || this.reader.is('with');
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  int: 'integer',
  int4: 'integer',
  int8: 'bigint',
  smallint: 'integer',
  float8: 'double precision',
  real: 'double precision',
  bool: 'boolean',
  'character varying': 'text',
  varchar: 'text',
};

export function canonicalType(type: string): string {
  const isArray = type.endsWith('[]');
  const element = isArray ? type.slice(0, -2) : type;
  const canonical = TYPE_NAMES[element] ?? element;
  return isArray ? `${canonical}[]` : canonical;
}

function binary(operator: string, left: Expression, right: Expression): Expression {
  return { kind: 'binary', operator: operator === '!=' ? '<>' : operator, left, right };
}

export function plainCall(name: string, args: readonly Expression[]): Expression {
  return {
    kind: 'call',
    name,
    args,
    isStar: false,
    isDistinct: false,
    orderBy: [],
    filter: undefined,
    over: undefined,
  };
}

const UNIT_MS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  year: 31_557_600_000,
};

/** Intervals are milliseconds here. */
function intervalOf(text: string): Expression {
  const [count = '', unit = ''] = text.split(' ');
  const unitMs = UNIT_MS[unit.replace(/s$/, '')];
  if (unitMs === undefined) throw new Error(`interval that the simulator does not know: ${text}`);
  return { kind: 'literal', value: Number(count) * unitMs, type: 'interval' };
}
