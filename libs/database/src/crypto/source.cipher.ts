import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts stream sources at rest (AES-256-GCM, a fresh nonce each time), and fingerprints them
 * (HMAC-SHA-256), so that "is it the same source?" needs no decryption.
 */
export class SourceCipher {
  private readonly encryptionKey: Buffer;
  private readonly fingerprintKey: Buffer;

  /** @param secret any text of high entropy; both keys are derived from it (HKDF-SHA-256). */
  constructor(secret: string) {
    this.encryptionKey = derive(secret, 'weir source encryption');
    this.fingerprintKey = derive(secret, 'weir source fingerprint');
  }

  /** version (1 byte), nonce (12), tag (16), ciphertext. */
  encrypt(source: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.encryptionKey, nonce);
    const body = Buffer.concat([cipher.update(source, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body]);
  }

  /**
   * @throws Error when the key is another one than it was encrypted with, or the data was changed.
   */
  decrypt(sealed: Buffer): string {
    if (sealed[0] !== VERSION)
      throw new Error(`unknown version ${sealed[0]} of an encrypted source`);
    const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
    const tag = sealed.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.encryptionKey, nonce);
    decipher.setAuthTag(tag);
    const body = sealed.subarray(1 + NONCE_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  }

  /** 32 bytes; equal for equal sources under the same secret. */
  fingerprint(source: string): Buffer {
    return createHmac('sha256', this.fingerprintKey).update(source, 'utf8').digest();
  }
}

function derive(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'weir', purpose, 32));
}
