import { toUSVString } from 'node:util';
import { DomainError } from '@weir/domain';
import type { InputProblem } from '@weir/domain';
import { inputError } from '../problem/validation.problems';

/** Deeper bodies are refused: nothing here nests further, and recursion over them must be safe. */
const DEPTH_MAX = 32;

/** Bodies that may hold what is looked for below; all others are spared the walk. */
const SUSPICIOUS = /[eE]\+?\d{3}|\d{300}|\\u00|\\u[dD][89a-fA-F]|__proto__|constructor/;
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor']);

/**
 * Parses a JSON body. Refuses what JSON allows and nothing here can hold: numbers beyond a double
 * (1e400 would become Infinity), NUL characters and half surrogate pairs (PostgreSQL stores
 * neither), keys that reach a prototype, and nesting without end.
 * @throws DomainError MALFORMED_BODY, INVALID_INPUT
 */
export function parseJsonBody(text: string): unknown {
  if (text === '') return undefined;
  assertDepth(text);
  const value = parse(text);
  if (SUSPICIOUS.test(text)) {
    const problems = findUnstorable(value, '');
    if (problems.length > 0) throw inputError(problems);
  }
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DomainError('MALFORMED_BODY', `the body is not JSON: ${(error as Error).message}`);
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

function assertDepth(text: string): void {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isInText) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) isInText = false;
    } else if (code === QUOTE) isInText = true;
    else if (OPENING.has(code)) depth += 1;
    else if (CLOSING.has(code)) depth -= 1;
    if (depth > DEPTH_MAX) {
      throw new DomainError('MALFORMED_BODY', `the body nests deeper than ${DEPTH_MAX} levels`);
    }
  }
}

function findUnstorable(value: unknown, path: string): InputProblem[] {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? [] : [{ path, message: 'is too large a number' }];
  }
  if (typeof value === 'string') return checkText(value, path);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const memberPath = path === '' ? key : `${path}.${key}`;
    const isForbidden = !Array.isArray(value) && FORBIDDEN_KEYS.has(key);
    const own = isForbidden ? [{ path: memberPath, message: 'is not a known field' }] : [];
    return [...own, ...checkText(key, memberPath), ...findUnstorable(member, memberPath)];
  });
}

function checkText(text: string, path: string): InputProblem[] {
  const isStorable = !text.includes('\u0000') && toUSVString(text) === text;
  return isStorable ? [] : [{ path, message: 'holds a character that cannot be stored' }];
}
