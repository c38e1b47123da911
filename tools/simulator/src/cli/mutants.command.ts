import { MUTANTS } from '../mutants/mutant.list';
import type { Mutant } from '../mutants/mutant';
import { runJob } from './campaign.command';
import type { SimulateArguments } from './simulate.arguments';

/** Seeds for a mutant that need not be found: that nothing is found is told, not promised. */
const REDUNDANT_SEEDS = 200;

/** What became of one mutant. */
export interface MutantResult {
  readonly mutant: Mutant;
  /** The first seed that shows it; undefined: none did. */
  readonly seed: number | undefined;
  readonly invariant: string | undefined;
  readonly tried: number;
}

/** Breaks the code in each known way, and runs seeds until one shows it. */
export async function runMutants(
  args: SimulateArguments,
  onResult: (line: string) => void,
): Promise<readonly MutantResult[]> {
  const chosen = MUTANTS.filter(({ name }) => args.mutant === undefined || name === args.mutant);
  if (chosen.length === 0) throw new Error(`no mutant is called ${args.mutant}`);
  const waiting = [...chosen];
  const results: MutantResult[] = [];
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
      const result = await tryMutant(args, mutant);
      results.push(result);
      onResult(describe(result));
    }
  };
  await Promise.all(Array.from({ length: args.jobs }, work));
  return results;
}

/** Whether the mutant came out as its list says. */
export function isAsExpected({ mutant, seed }: MutantResult): boolean {
  return mutant.seedsMax === undefined || seed !== undefined;
}

async function tryMutant(args: SimulateArguments, mutant: Mutant): Promise<MutantResult> {
  const seeds = mutant.seedsMax ?? REDUNDANT_SEEDS;
  let tried = 0;
  let seed: number | undefined;
  let invariant: string | undefined;
  const order = {
    args: { ...args, seeds },
    first: args.from,
    stride: 1,
    mutant: mutant.name,
    isUntilViolation: true,
  };
  await runJob(order, ({ violation, plan }) => {
    tried += 1;
    if (!violation) return;
    seed = plan.seed;
    invariant = violation.invariant;
  });
  return { mutant, seed, invariant, tried };
}

function describe({ mutant, seed, invariant, tried }: MutantResult): string {
  const bound = mutant.seedsMax === undefined ? 'redundant' : `within ${mutant.seedsMax}`;
  const found =
    seed === undefined ? `not found in ${tried} seeds` : `seed ${seed} (${invariant ?? ''})`;
  const why = mutant.why === undefined ? '' : `; ${mutant.why}`;
  return `${mutant.name.padEnd(32)} ${bound.padEnd(12)} ${found.padEnd(26)} ${mutant.about}${why}\n`;
}
