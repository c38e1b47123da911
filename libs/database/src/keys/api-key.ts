import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Role } from '@weir/domain';

/** `weir_<role>_<prefix>_<secret>`: recognisable by secret scanners, looked up by its prefix. */
const KEY_PATTERN = /^weir_(instance|operator|viewer)_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/;

export interface ParsedKey {
  readonly role: Role;
  /** Not secret: names the key. */
  readonly prefix: string;
}

/** Makes a new key: 256 random bits. Only its hash is ever stored. */
export function createKey(role: Role): string {
  const prefix = randomBytes(6).toString('hex');
  return `weir_${role}_${prefix}_${randomBytes(32).toString('base64url')}`;
}

/** The parts of a well-formed key; undefined for anything else. */
export function parseKey(key: string): ParsedKey | undefined {
  const match = KEY_PATTERN.exec(key);
  if (!match) return undefined;
  return { role: match[1] as Role, prefix: match[2] as string };
}

/** SHA-256 of the whole key: enough for a secret of 256 random bits. */
export function hashKey(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}

/** Compares in constant time. */
export function isSameHash(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
