import { WeirClient } from '@weir/worker-client';

/**
 * An instance whose streams say in their config what becomes of it: `poison` ends the process a
 * moment after it started, `broken` cannot be started, `hanging` is never under way.
 */
const [url = '', key = '', fleet = '', serverId = ''] = process.argv.slice(2);
const KILL_AFTER_MS = 100;

const client = new WeirClient({
  urls: [url],
  key,
  fleet,
  serverId,
  host: '127.0.0.1',
  port: 7080,
  maxStreams: 100,
  takeover: true,
  handler: {
    start: ({ stream }, { signal }) => {
      const { behaviour } = stream.config;
      if (behaviour === 'broken') throw new Error('no such codec');
      if (behaviour === 'poison') setTimeout(() => process.kill(process.pid, 9), KILL_AFTER_MS);
      if (behaviour !== 'hanging') return undefined;
      return new Promise<void>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('given up')));
      });
    },
    stop: () => undefined,
  },
});
void client.start();
