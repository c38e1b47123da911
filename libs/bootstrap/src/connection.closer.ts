import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** How soon a connection is closed after its last answer has gone out. In ms. */
const IDLE_CHECK_MS = 50;

/**
 * Lets a server close as soon as its last answer has gone out. Node itself closes only what is idle
 * at the moment of closing: it would wait over a minute, longer than a service may take to stop,
 * for connections that are just ending an answer, and for those that never asked anything (browsers
 * and balancers open some ahead of need).
 */
export function closeConnectionsWith(fastify: FastifyInstance): void {
  const { server } = fastify;
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', (request: IncomingMessage) => unused.delete(request.socket));
  fastify.addHook('preClose', (done) => {
    const timer = setInterval(() => {
      server.closeIdleConnections();
      for (const socket of unused) socket.destroy();
    }, IDLE_CHECK_MS);
    server.once('close', () => clearInterval(timer));
    done();
  });
}
