import { appendFileSync } from 'node:fs';
import { WeirClient } from './index';

/**
 * A program with a client, for tests that pause, block or kill it. Its one effect is a line in a
 * file, as often as it can, whenever it is allowed: the time of the machine's monotonic clock just
 * before it asked. What happens it sends to its parent.
 */
const [url = '', effects = '', kill = ''] = process.argv.slice(2);
const tell = (message: object) => process.send?.(message);
const timers = new Map<string, NodeJS.Timeout>();
const realNow = Date.now;

const client = new WeirClient({
  urls: [url],
  key: 'the-key',
  fleet: 'default',
  serverId: 'a-1',
  host: '127.0.0.1',
  port: 7080,
  maxStreams: 10,
  killWhenBlocked: kill === 'kill',
  handler: {
    start: ({ streamId, epoch }, { isAllowed }) => {
      const act = () => {
        const at = process.hrtime.bigint();
        if (isAllowed()) appendFileSync(effects, `${at}\n`);
      };
      timers.set(streamId, setInterval(act, 5));
      tell({ type: 'started', epoch });
    },
    stop: (streamId, _, reason) => {
      clearInterval(timers.get(streamId));
      tell({ type: 'stopped', reason });
    },
  },
});

process.on('message', (message: { type: string; ms: number }) => {
  if (message.type === 'block') {
    const end = performance.now() + message.ms;
    // Alive, and blocked: the line says until when.
    while (performance.now() < end) appendFileSync(effects, `${process.hrtime.bigint()}\n`);
  }
  if (message.type === 'step') Date.now = () => realNow() + message.ms;
});

void client.start();
