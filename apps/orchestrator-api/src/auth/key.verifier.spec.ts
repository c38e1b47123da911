import { createKey, DatabaseUnavailableError, KeyVerifier, storeKey } from '@weir/database';
import type { SqlSession } from '@weir/database';
import { createTestDatabase } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase('key verifier');
}, 60_000);
afterAll(() => testDatabase?.close());

/**
 * A verifier with a clock of its own on the real database, which can be taken away and counts
 * lookups.
 */
function createVerifier(limits: ConstructorParameters<typeof KeyVerifier>[1] = {}) {
  const world = { nowMs: 0, isAway: false, lookups: 0 };
  const sql: SqlSession = {
    query: (text, values) => {
      world.lookups += 1;
      if (world.isAway) return Promise.reject(new DatabaseUnavailableError('query', 1_000));
      return testDatabase.database.control.query(text, values);
    },
  };
  return { world, verifier: new KeyVerifier(sql, limits, () => world.nowMs) };
}

async function addKey(): Promise<string> {
  const key = createKey('viewer');
  await storeKey(testDatabase.database.control, 'test', 'viewer', key);
  return key;
}

const revoke = (): Promise<unknown> =>
  testDatabase.database.control.query('update api_keys set revoked_at = weir_now()');

describe('KeyVerifier', () => {
  it('reads a key once and then knows it', async () => {
    const key = await addKey();
    const { world, verifier } = createVerifier();
    for (let call = 0; call < 10; call += 1) {
      expect(await verifier.verify(key)).toMatchObject({ role: 'viewer', fleetId: null });
    }
    expect(world.lookups).toBe(1);
    expect(verifier.takeUsed()).toHaveLength(1);
    expect(verifier.takeUsed()).toEqual([]);
  });

  it('refuses a revoked key within five seconds', async () => {
    const key = await addKey();
    const { world, verifier } = createVerifier();
    await verifier.verify(key);
    await revoke();
    world.nowMs = 4_999;
    expect(await verifier.verify(key)).toBeUndefined();
  });

  it('does not look an unknown key up again at once, and finds it when it is there', async () => {
    const key = createKey('viewer');
    const { world, verifier } = createVerifier();
    await verifier.verify(key);
    expect(await verifier.verify(key)).toBeUndefined();
    expect(world.lookups).toBe(1);
    await storeKey(testDatabase.database.control, 'late', 'viewer', key);
    world.nowMs = 1_001;
    expect(await verifier.verify(key)).toBeDefined();
  });

  it('takes a key that it knew while the database is away, and none that it did not', async () => {
    const [known, unknown] = [await addKey(), await addKey()];
    const { world, verifier } = createVerifier();
    await verifier.verify(known);
    world.isAway = true;
    world.nowMs = 60_000;
    expect(await verifier.verify(known)).toBeDefined();
    await expect(verifier.verify(unknown)).rejects.toThrow(DatabaseUnavailableError);
    world.nowMs = 700_000;
    await expect(verifier.verify(known)).rejects.toThrow(DatabaseUnavailableError);
  });

  it('looks up only so many unknown keys at once', async () => {
    const { verifier } = createVerifier({ lookupsMax: 2 });
    const answers = await Promise.allSettled(
      [1, 2, 3].map(() => verifier.verify(createKey('viewer'))),
    );
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  });

  it('remembers a bounded number of keys', async () => {
    const key = await addKey();
    const { world, verifier } = createVerifier({ entriesMax: 2 });
    await verifier.verify(key);
    await verifier.verify(createKey('viewer'));
    await verifier.verify(createKey('viewer'));
    await verifier.verify(key);
    expect(world.lookups).toBe(4);
  });

  it('refuses a key whose role was changed in its text', async () => {
    const key = await addKey();
    const { verifier } = createVerifier();
    expect(await verifier.verify(key.replace('viewer', 'operator'))).toBeUndefined();
  });
});
