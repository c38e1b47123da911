/** Thrown when the program itself is wrong. Never retried, never turned into a 4xx answer. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/**
 * Guards against bugs: states that the code is written never to reach.
 * @throws InvariantViolation with `message` when `condition` is false.
 */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantViolation(message);
}

/** The end of an exhaustive switch. @throws InvariantViolation when reached at run time. */
export function unreachable(value: never): never {
  throw new InvariantViolation(`unexpected value: ${JSON.stringify(value)}`);
}
