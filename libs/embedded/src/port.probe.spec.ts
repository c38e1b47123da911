import { createServer } from 'node:net';
import { freePorts, portTaken } from './port.probe';

describe('ports', () => {
  it('hands out different ports that are free', async () => {
    const ports = await freePorts(5);
    expect(new Set(ports).size).toBe(5);
    expect(await Promise.all(ports.map(portTaken))).toEqual([false, false, false, false, false]);
  });

  it.each(['127.0.0.1', '0.0.0.0'])('sees a port that somebody listens on at %s', async (host) => {
    const [port = 0] = await freePorts(1);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    try {
      expect(await portTaken(port)).toBe(true);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    expect(await portTaken(port)).toBe(false);
  });
});
