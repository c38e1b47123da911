import { createKey, hashKey, isSameHash, parseKey } from './api-key';

describe('API keys', () => {
  it('name their role and a public prefix, and never repeat', () => {
    const key = createKey('viewer');
    expect(key).toMatch(/^weir_viewer_[0-9a-f]{12}_[\w-]{43}$/);
    expect(parseKey(key)).toEqual({ role: 'viewer', prefix: key.split('_')[2] });
    expect(createKey('viewer')).not.toBe(key);
  });

  it.each(['', 'weir_admin_0123456789ab_x', `${createKey('viewer')}x`, 'Bearer x'])(
    'of another form (%s) are nothing',
    (text) => {
      expect(parseKey(text)).toBeUndefined();
    },
  );

  it('are compared by their hashes', () => {
    const key = createKey('instance');
    expect(isSameHash(hashKey(key), hashKey(key))).toBe(true);
    expect(isSameHash(hashKey(key), hashKey(createKey('instance')))).toBe(false);
    expect(isSameHash(hashKey(key), Buffer.alloc(3))).toBe(false);
  });
});
