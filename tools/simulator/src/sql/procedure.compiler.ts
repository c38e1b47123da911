import { coerceAlways } from './operator.compiler';
import { newFrame } from './join.reader';
import { QueryParser } from './query.parser';
import type { CompilerParts } from './select.compiler';
import type { DefinedFunction } from './sql.catalog';
import { tokenize } from './sql.lexer';
import { Scope } from './sql.scope';
import type { Execution, Frame, Run } from './sql.scope';
import type { StoredTable, Values } from './stored.table';
import { SqlError, castTo } from './sql.value';
import type { SqlValue } from './sql.value';
import { TokenReader } from './token.reader';

/** What a statement of a procedure leads to; undefined: the next one follows. */
type Outcome = { readonly result: SqlValue } | undefined;
type Step = (frame: Frame) => Outcome;

/** What a trigger is about: both versions of a row, and `INSERT`, `UPDATE` or `DELETE`. */
export interface TriggerCall {
  readonly old: Values | null;
  readonly next: Values | null;
  readonly operation: string;
}

export type Procedure = (execution: Execution, call: TriggerCall) => SqlValue;

const OLD = 0;
const NEW = 1;

/** Compiles the part of plpgsql that triggers are written in. */
export class ProcedureCompiler {
  private readonly reader: TokenReader;
  private readonly queries: QueryParser;
  private readonly scope = new Scope(undefined);

  constructor(
    private readonly parts: CompilerParts,
    definition: DefinedFunction,
    private readonly table: StoredTable,
  ) {
    this.reader = new TokenReader(tokenize(definition.body));
    this.queries = new QueryParser(this.reader);
    this.scope.sources.push({ alias: 'old', columns: table.columns });
    this.scope.sources.push({ alias: 'new', columns: table.columns });
    this.scope.sources.push({ alias: '', columns: [{ name: 'tg_op', type: 'text' }] });
  }

  compile(): Procedure {
    this.reader.expect('begin');
    const steps = this.block();
    return (execution, { old, next, operation }) => {
      const frame = newFrame(execution, undefined);
      frame.rows[OLD] = old ?? [];
      frame.rows[NEW] = next ? [...next] : [];
      frame.rows.push([operation]);
      return runAll(steps, frame)?.result ?? null;
    };
  }

  private block(): Step[] {
    const steps: Step[] = [];
    while (!this.reader.isOneOf(['end', 'else', 'elsif'])) {
      steps.push(this.statement());
      this.reader.expect(';');
    }
    return steps;
  }

  private statement(): Step {
    const { reader } = this;
    if (reader.take('if')) return this.condition();
    if (reader.take('raise', 'exception')) return this.raise();
    if (reader.take('return')) return this.returns();
    if (reader.is('new', '.') && reader.peek(3).text === ':=') return this.assignment();
    reader.take('perform');
    const query = this.parts.compileQuery(this.queries.query(), this.scope);
    return (frame) => {
      query.run(frame.execution, frame);
      return undefined;
    };
  }

  private expression(): Run {
    return this.parts.expressions.compile(this.queries.expressions.expression(), this.scope).run;
  }

  private condition(): Step {
    const { reader } = this;
    const ways: { when: Run; steps: Step[] }[] = [];
    do {
      const when = this.expression();
      reader.expect('then');
      ways.push({ when, steps: this.block() });
    } while (reader.take('elsif'));
    const otherwise = reader.take('else') ? this.block() : [];
    reader.expect('end', 'if');
    return (frame) => {
      const way = ways.find(({ when }) => when(frame) === true);
      return runAll(way ? way.steps : otherwise, frame);
    };
  }

  private raise(): Step {
    const { reader } = this;
    const message = reader.next().text;
    const args: Run[] = [];
    while (reader.take(',')) args.push(this.expression());
    let code = 'P0001';
    if (reader.take('using', 'errcode', '=')) code = reader.next().text;
    return (frame) => {
      const values = args.map((arg) => String(arg(frame)));
      throw new SqlError(
        code,
        message.replaceAll('%', () => values.shift() ?? ''),
      );
    };
  }

  private returns(): Step {
    if (this.reader.take('new')) return (frame) => ({ result: frame.rows[NEW] ?? null });
    if (this.reader.take('old')) return (frame) => ({ result: frame.rows[OLD] ?? null });
    const value = this.expression();
    return (frame) => ({ result: value(frame) });
  }

  private assignment(): Step {
    this.reader.expect('new', '.');
    const at = this.table.position(this.reader.name());
    this.reader.expect(':=');
    const value = this.expression();
    const type = this.table.columns[at]?.type ?? 'unknown';
    return (frame) => {
      const row = [...(frame.rows[NEW] ?? [])];
      row[at] = castTo(value(frame), type);
      frame.rows[NEW] = row;
      return undefined;
    };
  }
}

function runAll(steps: readonly Step[], frame: Frame): Outcome {
  for (const step of steps) {
    const outcome = step(frame);
    if (outcome) return outcome;
  }
  return undefined;
}

/** Compiles a function that is one select over its parameters. */
export function compileSqlFunction(
  parts: CompilerParts,
  definition: DefinedFunction,
): (execution: Execution, args: readonly SqlValue[]) => SqlValue {
  const reader = new TokenReader(tokenize(definition.body));
  const select = new QueryParser(reader).select();
  const scope = new Scope(undefined);
  scope.sources.push({ alias: definition.name, columns: definition.parameters });
  const [item] = select.items;
  if (!item?.of || select.from.length > 0) throw new Error(`no plain function: ${definition.name}`);
  const compiled = coerceAlways(parts.expressions.compile(item.of, scope), definition.returns);
  return (execution, args) => {
    const frame = newFrame(execution, undefined);
    frame.rows.push(args);
    return compiled.run(frame);
  };
}
