import { HistoryRunner } from '../history/history.runner';
import type { HistoryOptions } from '../history/history.runner';
import { generatePlan } from '../history/plan.generator';
import { MemoryBackend } from '../postgres/memory.backend';
import { follow } from '../postgres/postgres.server';
import { stateText } from '../postgres/state.text';
import { backendOf } from './backend.choice';
import type { SimulateArguments } from './simulate.arguments';

/** Goes the same way as histories on PostgreSQL do. */
const IN_MEMORY: HistoryOptions = { createBackend: (now) => MemoryBackend.create(now) };

/** Where two databases that ran the same history first differ. */
export interface Difference {
  readonly commit: number;
  readonly inMemory: readonly string[];
  readonly onPostgres: readonly string[];
}

/**
 * Runs the same seeds on the engine in memory and on PostgreSQL, and compares everything about
 * ownership after every commit. @returns the exit code.
 */
export async function compareBackends(
  args: SimulateArguments,
  write: (text: string) => void,
): Promise<number> {
  const real = await backendOf({ isPostgres: true });
  let differences = 0;
  try {
    for (let seed = args.from; seed < args.from + args.seeds; seed += 1) {
      const states = await recordStates(args, seed, IN_MEMORY);
      const others = await recordStates(args, seed, real.options);
      const difference = findDifference(states, others);
      if (difference) differences += 1;
      write(
        difference ? describe(seed, difference) : `seed ${seed}: ${states.length} commits alike\n`,
      );
    }
  } finally {
    await real.close();
  }
  return differences > 0 ? 1 : 0;
}

/** The state after every commit of a history. */
export async function recordStates(
  args: Pick<SimulateArguments, 'faultsMs' | 'stepsMax'>,
  seed: number,
  options: HistoryOptions,
): Promise<string[]> {
  const states: string[] = [];
  await new HistoryRunner(generatePlan(seed, args.faultsMs), {
    ...options,
    stepsMax: args.stepsMax,
    onCommit: (backend) =>
      follow(stateText(backend), (text) => {
        if (text !== states.at(-1)) states.push(text);
      }),
  }).run();
  return states;
}

export function findDifference(
  states: readonly string[],
  others: readonly string[],
): Difference | undefined {
  const commit = states.findIndex((state, at) => state !== others[at]);
  if (commit < 0 && states.length === others.length) return undefined;
  const at = commit < 0 ? states.length : commit;
  const mine = (states[at] ?? '').split('\n');
  const theirs = (others[at] ?? '').split('\n');
  return {
    commit: at,
    inMemory: mine.filter((line) => !theirs.includes(line)),
    onPostgres: theirs.filter((line) => !mine.includes(line)),
  };
}

function describe(seed: number, { commit, inMemory, onPostgres }: Difference): string {
  return [
    `seed ${seed}: the databases differ at commit ${commit}`,
    ...inMemory.map((line) => `  in memory:     ${line}`),
    ...onPostgres.map((line) => `  on PostgreSQL: ${line}`),
    '',
  ].join('\n');
}
