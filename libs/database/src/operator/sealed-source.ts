import { redactSource } from '@weir/domain';
import type { SourceCipher } from '../crypto/source.cipher';

/** A source as it is stored: encrypted, recognisable, and as operators may see it. */
export interface SealedSource {
  readonly encrypted: Buffer;
  readonly fingerprint: Buffer;
  readonly redacted: string;
}

export function sealSource(cipher: SourceCipher, source: string): SealedSource {
  return {
    encrypted: cipher.encrypt(source),
    fingerprint: cipher.fingerprint(source),
    redacted: redactSource(source),
  };
}

/**
 * True when `given` stands for the stored source: the same text, or what operators are shown of it.
 * The latter is what somebody sends back who read the stream, changed another field and wrote it.
 */
export function isSameSource(
  cipher: SourceCipher,
  stored: { readonly fingerprint: Buffer; readonly redacted: string },
  given: string,
): boolean {
  return given === stored.redacted || cipher.fingerprint(given).equals(stored.fingerprint);
}
