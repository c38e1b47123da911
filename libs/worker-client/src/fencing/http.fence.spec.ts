import fc from 'fast-check';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EpochGate, epochHeaders, readEpochHeaders } from './http.fence';

describe('effects over HTTP', () => {
  it('are refused by a sink that has seen a newer epoch', async () => {
    const gate = new EpochGate();
    const server = createServer((request, response) => {
      const stream = readEpochHeaders((name) => request.headers[name.toLowerCase()]);
      response.writeHead(stream ? (gate.admit(stream) ? 204 : 409) : 400).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const send = async (headers: Record<string, string>) =>
      (await fetch(url, { method: 'POST', headers })).status;
    const from = (streamId: string, epoch: number) => send(epochHeaders({ streamId, epoch }));
    const first = [await from('1', 7), await from('1', 8), await from('1', 7), await from('2', 1)];
    expect(first).toEqual([204, 204, 409, 204]);
    expect(await send({})).toBe(400);
    expect(await send({ 'Stream-Id': '1', 'Stream-Epoch': '8.5' })).toBe(400);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('carry every epoch exactly', () => {
    const streams = fc.record({
      streamId: fc.bigInt({ min: 1n, max: 10n ** 18n - 1n }).map(String),
      epoch: fc.maxSafeNat(),
    });
    fc.assert(
      fc.property(streams, (stream) => {
        const headers = new Headers(epochHeaders(stream));
        expect(readEpochHeaders((name) => headers.get(name))).toEqual(stream);
      }),
    );
  });

  it.each(['', '-1', '1e3', ' 7', '9007199254740992', '0x10'])(
    'are of nobody when the epoch is %j',
    (epoch) => {
      const headers = new Map([
        ['Stream-Id', '1'],
        ['Stream-Epoch', epoch],
      ]);
      expect(readEpochHeaders((name) => headers.get(name))).toBeUndefined();
    },
  );
});
