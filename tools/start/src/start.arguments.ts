import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { DEFAULT_STACK_OPTIONS } from './stack.options';
import type { StackOptions } from './stack.options';
import { StartError } from './start.error';

const HELP_AFTER = `
Environment:
  WEIR_HOME   folder that keeps the data, logs and keys (default .weir)
  WEIR_PORT   first port; the others count up from it (default 7070)
  LOG_LEVEL   how much the services log (default info)

Ctrl-C stops everything in order; the next start finds its data again.`;

interface Parsed {
  readonly workers: number | false;
  readonly streams?: string;
  readonly fresh?: boolean;
}

/**
 * Reads the command line and the environment of `npm start`.
 * @throws StartError for a WEIR_PORT that is none; commander ends the process for wrong usage.
 */
export function readArguments(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  root: string,
): StackOptions {
  const command = new Command('npm start --')
    .description('Starts the whole of Weir on this machine and shows the fleet.')
    .option(
      '--workers <count>',
      'stream-workers to start',
      parseCount,
      DEFAULT_STACK_OPTIONS.workers,
    )
    .option('--no-workers', 'start no stream-worker; bring your own')
    .option('--streams <file>', 'import this .m3u, .m3u8, .csv or .ndjson instead of the sample')
    .option('--fresh', 'delete the data of earlier starts first')
    .addHelpText('after', HELP_AFTER)
    .exitOverride()
    .parse([...argv], { from: 'user' });
  const parsed = command.opts<Parsed>();
  return {
    ...DEFAULT_STACK_OPTIONS,
    root,
    home: resolve(env['WEIR_HOME'] ?? resolve(root, '.weir')),
    basePort: readPort(env['WEIR_PORT']),
    workers: parsed.workers === false ? 0 : parsed.workers,
    streamsFile: parsed.streams === undefined ? undefined : resolve(parsed.streams),
    isFresh: parsed.fresh === true,
  };
}

const WORKERS_MAX = 100;
/** The highest first port that leaves room for everything above it. */
const PORT_MAX = 65_535 - 10 - WORKERS_MAX;

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0 || count > WORKERS_MAX) {
    throw new InvalidArgumentError(`give a whole number from 0 to ${WORKERS_MAX}.`);
  }
  return count;
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_STACK_OPTIONS.basePort;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= PORT_MAX) return port;
  throw new StartError(`WEIR_PORT is ${text}, which is not a port from 1 to ${PORT_MAX}`, [
    'unset it, or set it to a free one: WEIR_PORT=7170 npm start',
  ]);
}
