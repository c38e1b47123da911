import { PARTS } from './part.list';
import type { PartName } from './part.list';

/**
 * A process of its own for one part, so that no part finds the heap, the compiled code or the
 * shapes of objects of another one. Arguments: name of the part, its order as JSON. Prints the
 * figures as JSON.
 */
async function main(): Promise<void> {
  const [name, order = '{}'] = process.argv.slice(2);
  // Who starts this took the name and the order from the same table.
  const measure = PARTS[name as PartName] as (order: unknown) => unknown;
  process.stdout.write(JSON.stringify(await measure(JSON.parse(order))));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
