import type { TransactionRunner } from '../resilience/transaction-runner';

/** First half of the advisory lock's key: keeps it apart from others in the same database. */
const LOCK_CLASS = 0x7766;

/**
 * Runs `work` while no other replica works on the fleet. The lock belongs to a transaction that
 * does nothing else, so it is gone as soon as its process or connection is, or when it has been
 * idle for long (pools.ts): a slow replica may go on believing that it has the turn. It only saves
 * double work: every write is guarded by epoch and incarnation, and plans do not mix
 * (plan.basis.ts).
 * @returns undefined when another replica has the turn.
 */
export function withFleetTurn<T>(
  runner: TransactionRunner,
  fleetId: number,
  work: () => Promise<T>,
): Promise<{ readonly result: T } | undefined> {
  return withTurn(runner, LOCK_CLASS, fleetId, work);
}

/** As withFleetTurn, for any pair of numbers. */
export async function withTurn<T>(
  runner: TransactionRunner,
  lockClass: number,
  key: number,
  work: () => Promise<T>,
): Promise<{ readonly result: T } | undefined> {
  const client = await runner.pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('begin');
    const locked = await client.query<{ locked: boolean }>(
      'select pg_try_advisory_xact_lock($1, $2) as locked',
      [lockClass, key],
    );
    if (!locked.rows[0]?.locked) return undefined;
    return { result: await work() };
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    await client.query('rollback').catch((error: Error) => {
      failure = error;
    });
    client.release(failure);
  }
}
