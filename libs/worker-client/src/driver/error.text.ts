import { cleanText } from './wire.text';

/** What went wrong, as the API takes it. */
export function describeError(error: unknown): string {
  return cleanText(String(error instanceof Error ? error.message : error));
}
