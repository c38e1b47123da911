import { MemoryBackend } from '../postgres/memory.backend';
import { backendOf } from './backend.choice';
import { findDifference, recordStates } from './compare.command';

/** Enough for registrations, placements, moves, takeovers and a few hundred commits. */
const SEED = 3;
const FAULTS_MS = 6_000;

describe('the engine in memory and PostgreSQL', () => {
  it('come to the same rows after every commit of a history', async () => {
    const args = { faultsMs: FAULTS_MS, stepsMax: undefined };
    const inMemory = await recordStates(args, SEED, {
      createBackend: (now) => MemoryBackend.create(now),
    });
    const real = await backendOf({ isPostgres: true });
    try {
      const onPostgres = await recordStates(args, SEED, real.options);
      expect(findDifference(inMemory, onPostgres)).toBeUndefined();
      expect(inMemory.length).toBeGreaterThan(50);
    } finally {
      await real.close();
    }
  }, 240_000);
});
