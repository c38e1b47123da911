import { STREAM_LIMITS } from '@weir/domain';
import type { JsonObject } from '@weir/domain';
import { isStorable } from './wire.text';

/** The API takes bodies of 32 levels; three of them are around the checkpoint. */
const DEPTH_MAX = 29;
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor']);

export type CheckedCheckpoint =
  | { readonly isFit: true; readonly checkpoint: JsonObject }
  | { readonly isFit: false; readonly problem: string };

/**
 * Tells whether the API takes what a handler gave as its checkpoint, which may be anything.
 * @returns a copy of it as JSON holds it, or what is wrong with it
 */
export function checkCheckpoint(given: unknown): CheckedCheckpoint {
  const text = write(given);
  if (text === undefined) return { isFit: false, problem: 'it cannot be written as JSON' };
  if (Buffer.byteLength(text) > STREAM_LIMITS.checkpointBytes) {
    return { isFit: false, problem: `it exceeds ${STREAM_LIMITS.checkpointBytes} bytes as JSON` };
  }
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { isFit: false, problem: 'it is not an object' };
  }
  const problem = findProblem(value, 1);
  return problem ? { isFit: false, problem } : { isFit: true, checkpoint: value as JsonObject };
}

function write(given: unknown): string | undefined {
  try {
    return JSON.stringify(given);
  } catch {
    return undefined;
  }
}

function findProblem(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') {
    return isStorable(value) ? undefined : 'a text in it cannot be stored';
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > DEPTH_MAX) return `it nests deeper than ${DEPTH_MAX} levels`;
  for (const [key, member] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key) || !isStorable(key)) return 'a name in it is not allowed';
    const problem = findProblem(member, depth + 1);
    if (problem) return problem;
  }
  return undefined;
}
