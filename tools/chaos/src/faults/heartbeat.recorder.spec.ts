import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FaultProxy } from '@weir/testing';
import { HeartbeatRecorder, replay } from './heartbeat.recorder';

describe('the recorder of heartbeats', () => {
  it('keeps them as they were sent, and sends them again', async () => {
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += String(chunk)));
      request.on('end', () => {
        bodies.push(body);
        response.writeHead(bodies.length > 2 ? 409 : 200).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const recorder = new HeartbeatRecorder();
    recorder.isRecording = true;
    const target = { host: '127.0.0.1', port };
    const proxy = await FaultProxy.listen({ target, tap: recorder.factory });
    const post = async (path: string): Promise<void> => {
      await fetch(`http://127.0.0.1:${proxy.port}${path}`, { method: 'POST', body: `to ${path}` });
    };
    await post('/v1/fleets/f/instances/i/acks');
    await post('/v1/fleets/f/instances/i/heartbeat');
    expect(recorder.recorded.map(({ body }) => body)).toEqual([
      'to /v1/fleets/f/instances/i/heartbeat',
    ]);
    expect(await replay(port, recorder.recorded[0]!)).toBe(409);
    expect(bodies[2]).toBe(bodies[1]);
    await proxy.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
