// npm run model: searches every state of the lease and handoff protocol (docs/adr/0011), and shows
// that each rule is needed: without it the search finds a history that breaks a promise.
//
//   npm run model -- --short           what CI runs: some worlds, in about a minute
//   npm run model                      everything; some ten minutes and up to 8 GB of memory
//   npm run model -- --only NAME       one world or mistake
//   npm run model -- --history NAME    the steps of the shortest history that shows the mistake
import { parseArgs } from 'node:util';
import { findMissingPrograms, search } from './lib/model-checker.mjs';
import { MISTAKES, WORLDS } from './lib/model-configurations.mjs';

const MEMORY_MB = { short: 1_500, full: 8_000 };

async function main() {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      only: { type: 'string' },
      history: { type: 'string' },
    },
  });
  const missing = findMissingPrograms();
  if (missing.length > 0) {
    throw new Error(
      `missing: ${missing.join(', ')}; on Debian: apt-get install spin gcc libc6-dev; ` +
        'elsewhere see https://spinroot.com',
    );
  }
  if (values.history !== undefined) return showHistory(values.history);
  const runs = chooseRuns(values);
  if (runs.length === 0) throw new Error(`there is no world or mistake ${values.only}`);
  printRow(['world or mistake', 'expected', 'outcome', 'states', 'depth', 'seconds', 'MB']);
  const memoryMb = values.short ? MEMORY_MB.short : MEMORY_MB.full;
  for (const run of runs) {
    const result = await search(run, { memoryMb, isShortest: run.expected !== 'nothing' });
    const outcome = outcomeOf(result);
    if (outcome !== run.expected) process.exitCode = 1;
    printRow([
      run.name,
      run.expected,
      outcome === run.expected ? outcome : `${outcome} (!)`,
      result.states.toLocaleString('en'),
      String(result.depth),
      result.seconds.toFixed(1),
      String(Math.round(result.memoryMb)),
    ]);
  }
  if (process.exitCode) throw new Error('not every search ended as expected');
}

/** "nothing": every state was looked at, and no promise broken. */
function outcomeOf({ isFound, isComplete }) {
  if (isFound) return 'a violation';
  return isComplete ? 'nothing' : 'gave up';
}

function toRun({ name, bounds, with: others = [], survives, isWorld }) {
  const isAlias = isWorld || name === 'STALE_ANSWERS_ONLY';
  const mistakes = isWorld ? [] : [...(isAlias ? [] : [name]), ...others];
  return { name, bounds, mistakes, expected: isWorld || survives ? 'nothing' : 'a violation' };
}

const RUNS = [...WORLDS.map((world) => ({ ...world, isWorld: true })), ...MISTAKES];

function chooseRuns({ short, only }) {
  const chosen = RUNS.filter(({ name, isLong }) => {
    if (only !== undefined) return name === only;
    return !short || !isLong;
  });
  return chosen.map(toRun);
}

async function showHistory(name) {
  const found = RUNS.find((run) => run.name === name);
  if (!found) throw new Error(`there is no world or mistake ${name}`);
  const limits = { memoryMb: MEMORY_MB.full, isShortest: true, withHistory: true };
  const { history, isFound } = await search(toRun(found), limits);
  process.stdout.write(isFound ? `${history}\n` : 'nothing was found\n');
}

function printRow([name, ...columns]) {
  const widths = [12, 16, 14, 7, 9, 7];
  const cells = columns.map((column, index) => column.padStart(widths[index]));
  process.stdout.write(`${name.padEnd(28)}${cells.join(' ')}\n`);
}

main().catch((error) => {
  process.stderr.write(`model: ${error.message}\n`);
  process.exitCode = 1;
});
