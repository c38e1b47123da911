const MIN_LENGTH_CHARACTERS = 32;
/** Fewer different characters than this means a repeated pattern, not a generated secret. */
const MIN_DISTINCT_CHARACTERS = 8;
const PLACEHOLDER = /change[-_ ]?me|replace[-_ ]?me|example|development-only/i;

export const strongSecretExpectation = `a generated secret of at least ${MIN_LENGTH_CHARACTERS} characters`;

/**
 * Why a secret is too weak for production, or undefined when it is acceptable. The answer never
 * contains the secret. `defaultText` is the default known from this source code, which everyone can
 * read.
 */
export function findSecretWeakness(text: string, defaultText?: string): string | undefined {
  if (text === defaultText) return 'is the default that everyone can read in the source code';
  if (PLACEHOLDER.test(text)) return 'is a placeholder';
  if (text.length < MIN_LENGTH_CHARACTERS) return `has only ${text.length} characters`;
  if (new Set(text).size < MIN_DISTINCT_CHARACTERS) return 'repeats a few characters';
  return undefined;
}
