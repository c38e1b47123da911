import { toUSVString } from 'node:util';
import { PROTOCOL_LIMITS } from '@weir/domain';

/** A text that the API takes: no NUL, no half surrogate pairs, at most 2,048 characters. */
export function cleanText(text: string): string {
  return toUSVString(text.replaceAll('\0', '').slice(0, PROTOCOL_LIMITS.textLength));
}

/** True when the API could store this text as it is. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && toUSVString(text) === text;
}
