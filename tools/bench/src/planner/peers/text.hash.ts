/**
 * 32 bits of a text: FNV-1a over its UTF-16 units, then the finalizer of MurmurHash3, without which
 * texts that differ only in their last digit lie close together. @returns 0 .. 2^32 - 1.
 */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return mixBits(hash);
}

/** The finalizer of MurmurHash3: every bit of the result depends on every bit of `bits`. */
export function mixBits(bits: number): number {
  let mixed = bits ^ (bits >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
