#!/usr/bin/env node
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { HerdClient } from './herd.client';
import type { HerdOrder, HerdResult } from './herd.order';

const NO_STREAMS = { count: 0, digest: '0000000000000000' };

/** Does what the order says from a process of its own, and writes what came of it. */
async function main(): Promise<void> {
  const order = JSON.parse(await text(process.stdin)) as HerdOrder;
  const client = new HerdClient(order.ports, order.key, order.fleet);
  const results = await Promise.all(
    Array.from({ length: order.requests }, async (_unused, at): Promise<HerdResult> => {
      await wait((at * order.spreadMs) / order.requests);
      return sendOne(client, order, at);
    }),
  );
  client.close();
  process.stdout.write(JSON.stringify(results));
}

function sendOne(client: HerdClient, order: HerdOrder, at: number): Promise<HerdResult> {
  const number = at % order.instances;
  const serverId = `herd-${number}`;
  const incarnation = order.incarnations[number];
  switch (order.work) {
    case 'register':
      return client.send('', 'POST', { serverId, host: '127.0.0.1', port: 1, maxStreams: 1 }, at);
    case 'heartbeat': {
      const body = { incarnation, seenRevision: 0, running: NO_STREAMS };
      return client.send(`/${serverId}/heartbeat`, 'POST', body, at);
    }
    case 'leave':
      return client.send(`/${serverId}?incarnation=${incarnation}`, 'DELETE', undefined, at);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
