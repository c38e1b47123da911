import type { JobOrder } from './campaign.command';
import { MUTANTS } from '../mutants/mutant.list';
import { installMutant } from '../mutants/mutant.loader';

/** Runs the histories of one job; a mutant breaks the code before any of it is loaded. */
async function main(): Promise<void> {
  const order = JSON.parse(process.argv[2] ?? '') as JobOrder;
  const mutant = MUTANTS.find(({ name }) => name === order.mutant);
  if (mutant) installMutant(mutant);
  const { runHistories } = await import('./job.histories.js');
  await runHistories(order, send);
  process.disconnect();
}

function send(message: object): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
