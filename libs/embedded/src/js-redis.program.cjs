'use strict';
/**
 * Runs js-redis-server as a program: reads `{"port": number, "password"?: string}` from standard
 * input and serves 127.0.0.1:port until SIGTERM, SIGINT or the end of its parent. Data is kept in
 * memory only.
 *
 * The parts of the package are put together here because its own server listens on every address of
 * the machine and takes no password.
 */
const { readFileSync } = require('node:fs');
const { createServer } = require('node:net');
const {
  attachSession,
  createRedisCommandExecutor,
  RedisServerState,
  SocketConnectionTransport,
} = require('js-redis-server/core');

/** As many as a native Redis has. */
const DATABASES = 16;

const { port, password } = JSON.parse(readFileSync(0, 'utf8'));
const state = new RedisServerState({ databaseCount: DATABASES, requirepass: password });
const executor = createRedisCommandExecutor();
const logger = { error: (error) => process.stderr.write(`${error?.stack ?? error}\n`) };

const server = createServer({ keepAlive: true, noDelay: true }, (socket) => {
  attachSession(new SocketConnectionTransport(socket), {
    state,
    executor,
    logger,
    clientAddress: { host: socket.remoteAddress, port: socket.remotePort },
  });
});
server.on('error', (error) => {
  logger.error(error);
  process.exit(1);
});
server.listen(port, '127.0.0.1', () => {
  process.stdout.write(`js-redis-server listens on 127.0.0.1:${port}\n`);
});

for (const signal of ['SIGTERM', 'SIGINT']) {
  // Nothing is stored, so there is nothing to finish.
  process.once(signal, () => process.exit(0));
}

/**
 * When the process that started this one is killed, nobody is left to stop it: the system then
 * gives it another parent, and it ends by itself, so that the port is free for the next start.
 */
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) {
    process.exit(0);
  }
}, 500);
