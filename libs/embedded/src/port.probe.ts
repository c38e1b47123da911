import { createServer, type Server } from 'node:net';
import { codeOf } from './embedded.error';

function listen(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new TypeError('The server does not listen on a TCP port.');
  }
  return address.port;
}

/**
 * `count` different ports of 127.0.0.1 that are free right now. They are held together while they
 * are picked, so that none is handed out twice; another program may still take one before it is
 * used.
 */
export async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = [];
  try {
    for (let i = 0; i < count; i += 1) {
      held.push(await listen('127.0.0.1', 0));
    }
    return held.map(portOf);
  } finally {
    await Promise.all(held.map(close));
  }
}

/**
 * Whether some program listens on `port`, on the loopback address or on every address. Both are
 * tried, because some systems let a specific address be bound next to the wildcard one.
 */
export async function portTaken(port: number): Promise<boolean> {
  for (const host of ['127.0.0.1', '0.0.0.0']) {
    try {
      await close(await listen(host, port));
    } catch (error) {
      if (codeOf(error) === 'EADDRINUSE') {
        return true;
      }
      throw error;
    }
  }
  return false;
}
