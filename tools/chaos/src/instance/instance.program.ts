#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { WeirClient } from '@weir/worker-client';
import { SETTINGS_VARIABLE } from './instance.settings';
import type { InstanceOrder, InstanceSettings } from './instance.settings';
import { JournalFile } from './journal.file';
import type { JournalLine } from './journal.line';
import { RegisterWriter } from './register.writer';
import { SinkWriter } from './sink.writer';

const settings = JSON.parse(process.env[SETTINGS_VARIABLE] ?? '{}') as InstanceSettings;
const journal = new JournalFile(settings.journalFile);
const handler = new RegisterWriter(settings, new SinkWriter(settings.sinkUrl), journal);
const say =
  (level: string) =>
  (fields: object, message: string): void => {
    process.stdout.write(
      `${new Date().toISOString()} ${level} ${message} ${JSON.stringify(fields)}\n`,
    );
  };

const client = new WeirClient({
  urls: settings.apiUrls,
  key: settings.key,
  fleet: settings.fleet,
  serverId: settings.serverId,
  host: '127.0.0.1',
  port: 1,
  maxStreams: settings.maxStreams,
  handler,
  killWhenBlocked: settings.killWhenBlocked,
  logger: {
    debug: () => undefined,
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
  },
  journal: ({ at, ...entry }) => journal.write({ ...entry, at: String(at) } as JournalLine),
});

/** Until when this process may act, by what the client itself reckons. */
function noteLease(leftMs: number): void {
  const now = process.hrtime.bigint();
  journal.note('lease', { untilNs: String(now + BigInt(Math.round(leftMs * 1e6))) });
}

client.on('renewed', ({ deadlineMs }) => noteLease(deadlineMs - performance.now()));
client.on('registered', () => process.nextTick(() => noteLease(client.leaseLeftMs)));

/** Does to itself what the order says: nobody else can block this event loop. */
process.on('SIGUSR2', () => {
  const { blockMs } = JSON.parse(readFileSync(settings.orderFile, 'utf8')) as InstanceOrder;
  journal.note('blocked');
  const untilMs = performance.now() + blockMs;
  while (performance.now() < untilMs) continue;
  journal.note('unblocked');
});

async function leave(): Promise<void> {
  const isClean = await client.stop({ timeoutMs: 10_000 });
  handler.close();
  process.exit(isClean ? 0 : 1);
}

process.on('SIGTERM', () => void leave());
process.on('disconnect', () => process.exit(0));
journal.note('process-started', { reason: settings.writer });
void client.start();
process.send?.({ type: 'ready', url: settings.serverId });
