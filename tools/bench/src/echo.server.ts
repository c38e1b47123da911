import fastify from 'fastify';

/** The yardstick: a bare Fastify that parses the same body and sends it back. Prints its port. */
async function main(): Promise<void> {
  const server = fastify();
  server.post('/*', (request) => request.body);
  const address = await server.listen({ port: 0, host: '127.0.0.1' });
  process.stdout.write(`${new URL(address).port}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
