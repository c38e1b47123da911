#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { readStreamsFile } from './fleet.setup';
import { LiveView } from './live.view';
import type { PartNews } from './part';
import { ProgressView } from './progress.view';
import { readArguments } from './start.arguments';
import { StartError } from './start.error';
import { Stack } from './stack';
import type { StackOptions } from './stack.options';
import { colors, formatDuration, processTerminal } from './terminal';
import type { Terminal } from './terminal';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

async function main(): Promise<number> {
  const terminal = processTerminal();
  const options = readArguments(process.argv.slice(2), process.env, findRoot());
  if (options.streamsFile !== undefined) readStreamsFile(options.streamsFile);
  const interrupted = interruption();
  const progress = new ProgressView(terminal);
  const deaths: string[] = [];
  const stack = new Stack(options, (news) => {
    if (news.state === 'died') deaths.push(describeDeath(news));
    if (news.state !== 'died' || !terminal.isInteractive) progress.onNews(news);
  });
  const startedAt = performance.now();
  try {
    await Promise.race([stack.start(), interrupted.reached]);
    progress.finish();
    if (!interrupted.signal.aborted) {
      greet(terminal, stack, options, performance.now() - startedAt);
      await watch(terminal, stack, interrupted.signal, deaths);
    }
    return 0;
  } catch (error) {
    progress.finish();
    explain(terminal, error);
    return EXIT_FAILED;
  } finally {
    if (stack.isRunning) terminal.write(`\n${colors.bold('stopping')}\n`);
    await stack.stop();
    progress.finish();
  }
}

/** The checkout that this program was built in. */
function findRoot(): string {
  const root = join(__dirname, '..', '..', '..');
  return existsSync(join(root, 'nx.json')) ? root : process.cwd();
}

/** Ctrl-C asks for an orderly stop; a second one ends at once. */
function interruption(): { readonly signal: AbortSignal; readonly reached: Promise<void> } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT_FAILED);
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  const reached = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve());
  });
  return { signal: controller.signal, reached };
}

function greet(terminal: Terminal, stack: Stack, options: StackOptions, durationMs: number): void {
  const rows = [
    ['API', `${stack.apiUrl}/v1`],
    ['API documentation', `${stack.apiUrl}/docs`],
    ['keys', join(options.home, 'keys.json')],
    ['logs', stack.home.logs],
  ];
  terminal.write(`\n${colors.green('Weir runs')} after ${formatDuration(durationMs)}\n`);
  for (const [name, value] of rows) terminal.write(`  ${name?.padEnd(18)} ${value}\n`);
  terminal.write('\n');
}

function watch(
  terminal: Terminal,
  stack: Stack,
  signal: AbortSignal,
  deaths: readonly string[],
): Promise<void> {
  const footer = (): string[] => [
    ...deaths.slice(-3).map((death) => colors.red(death)),
    colors.dim(
      `try: kill -9 ${firstWorkerPid(stack) ?? '<a worker>'}   ·   Ctrl-C stops everything`,
    ),
  ];
  const access = { apiUrl: stack.apiUrl, key: stack.home.keys().viewer };
  return new LiveView(terminal, access, footer).run(signal);
}

function firstWorkerPid(stack: Stack): number | undefined {
  for (let index = 1; index <= stack.ports.workers.length; index += 1) {
    const pid = stack.pidOf(`worker-${index}`);
    if (pid !== undefined) return pid;
  }
  return undefined;
}

function describeDeath(news: PartNews): string {
  return `${news.name} ${news.detail}`;
}

/** What failed, its last log lines and what to do. */
function explain(terminal: Terminal, error: unknown): void {
  if (!(error instanceof StartError)) throw error;
  for (const line of error.logLines) terminal.write(`  ${colors.dim('|')} ${line}\n`);
  terminal.write(`\n${colors.red(error.message)}\n`);
  for (const step of error.advice) terminal.write(`  - ${step}\n`);
}

main().then(
  (code) => {
    process.exit(code);
  },
  (error: unknown) => {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : EXIT_USAGE);
    if (error instanceof StartError) explain(processTerminal(), error);
    else process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(EXIT_FAILED);
  },
);
