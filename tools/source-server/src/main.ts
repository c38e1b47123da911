#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { startSourceServer } from './source.server';

const USAGE = 'Usage: weir-source-server [--port 7090] [--host 127.0.0.1]\n';

const DEFAULT_PORT = 7090;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, host: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const port = values.port === undefined ? DEFAULT_PORT : Number(values.port);
  const server = await startSourceServer({ port, ...(values.host && { host: values.host }) });
  process.stdout.write(`source server: ${server.baseUrl}\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void server.close());
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exitCode = 2;
});
