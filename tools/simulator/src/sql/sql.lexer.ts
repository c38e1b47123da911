/** One piece of SQL text. `word` is lower case unless it was quoted. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'number' | 'string' | 'parameter' | 'operator' | 'end';
  readonly text: string;
}

const SPACE = /^(\s+|--[^\n]*)/;
const RULES: readonly (readonly [Token['kind'], RegExp])[] = [
  ['quoted', /^"([^"]*)"/],
  ['number', /^\d+(\.\d+)?(e[+-]?\d+)?/i],
  ['string', /^'((?:[^']|'')*)'/],
  ['parameter', /^\$(\d+)/],
  ['word', /^[a-z_][a-z0-9_]*/i],
  [
    'operator',
    /^(::|->>|->|<@|@>|&&|<=|>=|<>|!=|\|\||<<|>>|:=|!~\*|!~|~\*|=>|[-+*/%=<>#~|&(),.;[\]:?])/,
  ],
];
const DOLLAR_QUOTE = /^(\$[a-z_]*\$)([\s\S]*?)\1/i;

/** Splits SQL into tokens. @throws Error at text that is no SQL of ours. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let rest = sql;
  while (rest !== '') {
    const space = SPACE.exec(rest);
    if (space) {
      rest = rest.slice(space[0].length);
      continue;
    }
    const { token, length } = readToken(rest);
    tokens.push(token);
    rest = rest.slice(length);
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

function readToken(rest: string): { token: Token; length: number } {
  const dollar = DOLLAR_QUOTE.exec(rest);
  if (dollar) {
    return { token: { kind: 'string', text: dollar[2] ?? '' }, length: dollar[0].length };
  }
  for (const [kind, pattern] of RULES) {
    const found = pattern.exec(rest);
    if (!found) continue;
    const raw = found[1] ?? found[0];
    return { token: { kind, text: textOf(kind, raw, found[0]) }, length: found[0].length };
  }
  throw new Error(`SQL that the simulator does not know: ${rest.slice(0, 40)}`);
}

function textOf(kind: Token['kind'], captured: string, whole: string): string {
  switch (kind) {
    case 'string':
      return captured.replaceAll("''", "'");
    case 'word':
      return whole.toLowerCase();
    case 'number':
    case 'operator':
      return whole;
    case 'quoted':
    case 'parameter':
    case 'end':
      return captured;
  }
}
