import { inspect } from 'node:util';

export const REDACTED = '[redacted]';

/**
 * A text that must not reach a log, a response or a dump. Every way of turning it into text,
 * including template literals, JSON and the debugger's inspection, gives `[redacted]`; only
 * `reveal()` gives the text.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Call it as late as possible, and never keep the result. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
