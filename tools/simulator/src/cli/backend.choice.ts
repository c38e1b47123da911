import type { HistoryOptions } from '../history/history.runner';
import type { SimulateArguments } from './simulate.arguments';

/** The database that histories run on, and how it is given back. */
export interface ChosenBackend {
  readonly options: HistoryOptions;
  close(): Promise<void>;
}

/** In memory unless a real PostgreSQL was asked for. */
export function backendOf(args: SimulateArguments): Promise<ChosenBackend> {
  if (args.isPostgres) throw new Error('histories on PostgreSQL are not there yet');
  return Promise.resolve({ options: {}, close: () => Promise.resolve() });
}
