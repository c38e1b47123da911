import { createTestDatabase } from '@weir/testing';
import type { HistoryOptions } from '../history/history.runner';
import { RealBackend } from '../postgres/real.backend';
import type { SimulateArguments } from './simulate.arguments';

/** The database that histories run on, and how it is given back. */
export interface ChosenBackend {
  readonly options: HistoryOptions;
  close(): Promise<void>;
}

/** In memory unless a real PostgreSQL was asked for. */
export async function backendOf(
  args: Pick<SimulateArguments, 'isPostgres'>,
): Promise<ChosenBackend> {
  if (!args.isPostgres) return { options: {}, close: () => Promise.resolve() };
  const test = await createTestDatabase('simulator');
  return {
    options: { createBackend: (now) => RealBackend.create(test, now) },
    close: () => test.close(),
  };
}
