import type { Token } from './sql.lexer';

/** Reads tokens one after another. Words are matched in lower case; operators as they are. */
export class TokenReader {
  private position = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  get isAtEnd(): boolean {
    return this.peek().kind === 'end';
  }

  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.position + ahead, this.tokens.length - 1)] as Token;
  }

  next(): Token {
    const token = this.peek();
    this.position += 1;
    return token;
  }

  is(...words: readonly string[]): boolean {
    return words.every((word, index) => {
      const token = this.peek(index);
      return (token.kind === 'word' || token.kind === 'operator') && token.text === word;
    });
  }

  isOneOf(words: readonly string[]): boolean {
    return words.some((word) => this.is(word));
  }

  /** Takes these words if they come next. */
  take(...words: readonly string[]): boolean {
    if (!this.is(...words)) return false;
    this.position += words.length;
    return true;
  }

  /** @throws Error when something else comes. */
  expect(...words: readonly string[]): void {
    if (!this.take(...words)) this.fail(`expected ${words.join(' ')}`);
  }

  /** A name of a table, column or function. */
  name(): string {
    const token = this.next();
    if (token.kind !== 'word' && token.kind !== 'quoted') this.fail(`no name: ${token.text}`);
    return token.text;
  }

  /** `a, b, c` */
  list<T>(read: () => T): T[] {
    const items = [read()];
    while (this.take(',')) items.push(read());
    return items;
  }

  /** `(a, b, c)`, also empty. */
  group<T>(read: () => T): T[] {
    this.expect('(');
    if (this.take(')')) return [];
    const items = this.list(read);
    this.expect(')');
    return items;
  }

  /** Everything up to the parenthesis that closes the one just opened, left out. */
  skipGroup(): void {
    for (let depth = 1; depth > 0;) {
      const { kind, text } = this.next();
      if (kind === 'end') this.fail('a parenthesis is not closed');
      if (kind === 'operator' && text === '(') depth += 1;
      if (kind === 'operator' && text === ')') depth -= 1;
    }
  }

  fail(problem: string): never {
    const around = this.tokens
      .slice(Math.max(0, this.position - 8), this.position + 8)
      .map(({ text }) => text);
    throw new Error(`SQL that the simulator does not know: ${problem} near "${around.join(' ')}"`);
  }
}
