import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/**
 * A server that speaks just enough of Redis' protocol to report an eviction policy, for machines
 * whose only Redis has none to set.
 */
export async function startPolicyServer(
  policy: string,
): Promise<{ port: number; end: () => Promise<void> }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const commands = data
        .toString()
        .toLowerCase()
        .split(/\*\d+\r\n/)
        .slice(1);
      socket.write(commands.map((command) => replyTo(command, policy)).join(''));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    end: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function replyTo(command: string, policy: string): string {
  if (!command.includes('info\r\n') || command.includes('setinfo')) return '+OK\r\n';
  const info = `# Server\r\nredis_version:8.0.0\r\n# Memory\r\nmaxmemory_policy:${policy}\r\n`;
  return `$${info.length}\r\n${info}\r\n`;
}
