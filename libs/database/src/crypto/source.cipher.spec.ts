import { SourceCipher } from './source.cipher';

const cipher = new SourceCipher('one secret');

describe('encrypted sources', () => {
  it('come back as they were and look different each time', () => {
    const source = 'https://user:pässword@radio/☂';
    expect(cipher.decrypt(cipher.encrypt(source))).toBe(source);
    expect(cipher.encrypt(source).equals(cipher.encrypt(source))).toBe(false);
    expect(cipher.encrypt(source).includes('radio')).toBe(false);
  });

  it('cannot be read with another secret or after a change', () => {
    const sealed = cipher.encrypt('http://radio/');
    expect(() => new SourceCipher('another').decrypt(sealed)).toThrow();
    sealed[sealed.length - 1]! ^= 1;
    expect(() => cipher.decrypt(sealed)).toThrow();
  });

  it('have fingerprints that are equal for equal sources under one secret only', () => {
    expect(cipher.fingerprint('a').equals(cipher.fingerprint('a'))).toBe(true);
    expect(cipher.fingerprint('a').equals(cipher.fingerprint('b'))).toBe(false);
    expect(cipher.fingerprint('a').equals(new SourceCipher('x').fingerprint('a'))).toBe(false);
  });
});
