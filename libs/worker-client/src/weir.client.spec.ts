import type { Ack, Assignment } from '@weir/domain';
import type { JournalEntry } from './client.journal';
import { silentLogger } from './client.options';
import type { WeirClientOptions } from './client.options';
import { ProtocolServer, problem, until } from './driver/api.test-support';
import type { SeenCall } from './driver/api.test-support';
import type { StopResult, StreamContext, StreamHandler } from './stream.handler';
import { WeirClient } from './weir.client';

class RecordingHandler implements StreamHandler {
  readonly running = new Map<string, StreamContext>();
  readonly log: string[] = [];

  start({ streamId, epoch, stream }: Assignment, context: StreamContext): void {
    if (stream.config['broken'] === true) throw new Error('broken by the test');
    this.log.push(`start ${streamId}:${epoch}`);
    this.running.set(streamId, context);
  }

  async stop(streamId: string, epoch: number, reason: string): Promise<StopResult> {
    await Promise.resolve();
    this.running.delete(streamId);
    this.log.push(`stop ${streamId}:${epoch} ${reason}`);
    return { checkpoint: { of: streamId } };
  }
}

describe('WeirClient against the protocol', () => {
  let server: ProtocolServer;
  let handler: RecordingHandler;
  let journal: JournalEntry[];
  const clients: WeirClient[] = [];

  beforeEach(async () => {
    server = await new ProtocolServer().listen();
    handler = new RecordingHandler();
    journal = [];
  });

  afterEach(async () => {
    server.script = () => 'default';
    await Promise.all(clients.splice(0).map((client) => client.stop({ timeoutMs: 0 })));
    await server.close();
  });

  function create(more: Partial<WeirClientOptions> = {}): WeirClient {
    const client = new WeirClient({
      urls: [server.url],
      key: 'the-key',
      fleet: 'default',
      serverId: 'a-1',
      host: '127.0.0.1',
      port: 7080,
      maxStreams: 10,
      handler,
      journal: (entry) => journal.push(entry),
      ...more,
    });
    clients.push(client);
    return client;
  }

  const scriptFor = (
    name: string,
    answer: (call: SeenCall) => ReturnType<typeof server.script>,
  ) => {
    server.script = (call) => (call.name === name ? answer(call) : 'default');
  };
  const acks = () => server.named('acks').flatMap((call) => call.body['acks'] as object[]);

  it('refuses names that the protocol does not allow', () => {
    expect(() => create({ fleet: 'a b' })).toThrow(TypeError);
    expect(() => create({ serverId: '' })).toThrow(TypeError);
    expect(() => create({ urls: [] })).toThrow(TypeError);
    clients.splice(0);
  });

  it('registers, runs what it is given and acknowledges it', async () => {
    server.assign('1', 7);
    await create({ zone: 'z', labels: { disk: 'ssd' }, takeover: true }).start();
    const registration = { serverId: 'a-1', maxStreams: 10, zone: 'z', takeover: true };
    expect(server.named('register')[0]?.body).toMatchObject(registration);
    await until('the ack', () => acks().length === 1);
    expect(acks()).toEqual([{ streamId: '1', epoch: 7, state: 'running' }]);
  });

  it('learns of changes by the watch without waiting for a heartbeat', async () => {
    server.heartbeatIntervalMs = 600_000;
    await create().start();
    await until('the watch', () => server.watcherCount === 1);
    server.assign('1', 7);
    await until('the start', () => handler.running.has('1'));
    server.assign('1', 7, { desired: 'stop' });
    await until('the stop', () => acks().length === 2);
    expect(acks()[1]).toEqual({
      streamId: '1',
      epoch: 7,
      state: 'stopped',
      checkpoint: { of: '1' },
    });
  });

  it('learns the same from heartbeats when there is no watch', async () => {
    scriptFor('watch', () => ({ status: 503 }));
    await create().start();
    server.assign('1', 7);
    await until('the start', () => handler.running.has('1'));
  });

  it('opens the watch again when it breaks, from the revision it has seen', async () => {
    server.heartbeatIntervalMs = 600_000;
    await create().start();
    await until('the watch', () => server.watcherCount === 1);
    server.cutWatches();
    await until(
      'another watch',
      () => server.watcherCount === 1 && server.named('watch').length > 1,
    );
    server.assign('1', 7);
    await until('the start', () => handler.running.has('1'));
  });

  it('acknowledges a start that failed with its error', async () => {
    const stream = { name: 's', source: 'http://s.test/', config: { broken: true } };
    server.assign('1', 7, { stream });
    await create().start();
    await until('the ack', () => acks().length === 1);
    expect(acks()[0]).toMatchObject({ state: 'failed', error: 'broken by the test' });
    expect(journal.map((entry) => entry.kind)).toEqual(
      expect.arrayContaining(['started', 'stopped', 'assignmentFailed']),
    );
  });

  it('repeats an ack until it is answered', async () => {
    server.assign('1', 7);
    let refusals = 2;
    scriptFor('acks', () => (refusals-- > 0 ? problem(503, 'DATABASE_UNAVAILABLE') : 'default'));
    await create().start();
    await until('three attempts', () => server.named('acks').length === 3);
  });

  it('registers only after it was let in, as long as it takes', async () => {
    let refusals = 2;
    scriptFor('register', () => (refusals-- > 0 ? problem(401) : 'default'));
    await create().start();
    expect(server.named('register')).toHaveLength(3);
  });

  it('goes on to another address when one does not answer', async () => {
    const other = await new ProtocolServer().listen();
    const { url } = other;
    await other.close();
    await create({ urls: [url, server.url] }).start();
    expect(server.incarnation).toBe(1);
  });

  it('stops exclusive streams at the end of its lease, and resyncs when it is back', async () => {
    server.leaseTtlMs = 600;
    server.assign('1', 7);
    server.assign('2', 4, { exclusive: false });
    const client = create();
    const lost = new Promise((resolve) => client.on('leaseLost', resolve));
    await client.start();
    await until('both run', () => handler.running.size === 2);
    const context = handler.running.get('1');
    expect(context?.isAllowed()).toBe(true);
    scriptFor('heartbeat', () => problem(503, 'DATABASE_UNAVAILABLE'));
    await lost;
    await until('it stopped', () => !handler.running.has('1'));
    expect([context?.isAllowed(), handler.running.has('2')]).toEqual([false, true]);
    const start = [{ ...server.assigned.get('1')!.value, epoch: 8 }];
    scriptFor('running', () => ({ status: 200, body: { start, stop: [], revision: 99 } }));
    await until('it runs again', () => handler.running.get('1')?.epoch === 8);
    expect(server.named('running')[0]?.body['running']).toEqual([{ streamId: '2', epoch: 4 }]);
  });

  it('registers again when it is fenced, with what it still runs', async () => {
    server.assign('1', 7);
    server.assign('2', 4, { exclusive: false });
    await create().start();
    await until('both run', () => handler.running.size === 2);
    server.assign('1', 8);
    server.incarnation += 1;
    await until('it is back', () => server.named('register').length === 2);
    expect(server.named('register')[1]?.body['running']).toEqual([{ streamId: '2', epoch: 4 }]);
    await until('the new epoch runs', () => handler.running.get('1')?.epoch === 8);
    expect(handler.log).toContain('stop 1:7 fenced');
    expect(handler.log).not.toContain('stop 2:4 fenced');
  });

  it('registers again, stopping nothing, when the API does not know it', async () => {
    server.assign('1', 7);
    await create().start();
    await until('it runs', () => handler.running.size === 1);
    let isKnown = false;
    scriptFor('heartbeat', () => (isKnown ? 'default' : problem(404, 'INSTANCE_UNKNOWN')));
    await until('it is back', () => server.named('register').length === 2);
    isKnown = true;
    expect(server.named('register')[1]?.body['running']).toEqual([{ streamId: '1', epoch: 7 }]);
    expect(handler.log).toEqual(['start 1:7']);
  });

  it('writes started before the handler starts and stopped after its last effect', async () => {
    const order: string[] = [];
    handler.start = () => void order.push('handler starts');
    handler.stop = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      order.push('handler stopped');
      return { checkpoint: {} };
    };
    server.assign('1', 7);
    await create({ journal: ({ kind, epoch }) => order.push(`${kind} ${epoch ?? ''}`) }).start();
    await until('it runs', () => order.includes('handler starts'));
    server.assign('1', 7, { desired: 'stop' });
    await until('it stopped', () => order.some((line) => line.startsWith('stopped')));
    const relevant = order.filter((line) => /handler|started 7|stopped 7/.test(line));
    expect(relevant).toEqual(['started 7', 'handler starts', 'handler stopped', 'stopped 7']);
  });

  it('leaves cleanly: drains, hands over, says goodbye', async () => {
    server.assign('1', 7);
    const client = create();
    await client.start();
    await until('it runs', () => handler.running.size === 1);
    scriptFor('drain', () => {
      setImmediate(() => server.assign('1', 7, { desired: 'stop' }));
      return 'default';
    });
    await expect(client.stop()).resolves.toBe(true);
    const names = server.calls.map((call) => call.name);
    expect(names.indexOf('drain')).toBeLessThan(names.lastIndexOf('acks'));
    expect(names.at(-1)).toBe('leave');
    expect(handler.log).toEqual(['start 1:7', 'stop 1:7 assigned-away']);
  });

  it('leaves in bounded time when nobody takes its streams', async () => {
    server.assign('1', 7);
    const client = create();
    await client.start();
    await until('it runs', () => handler.running.size === 1);
    await expect(client.stop({ timeoutMs: 100 })).resolves.toBe(true);
    expect(handler.log).toEqual(['start 1:7', 'stop 1:7 leaving']);
    expect(server.named('leave')).toHaveLength(1);
  });

  it('sends metrics and reports, and survives a host that fails to measure', async () => {
    const reports = () => [{ streamId: '1', load: 0.5, state: 'running' }];
    let isBroken = false;
    const metrics = () => {
      if (isBroken) throw new Error('no measure');
      return { cpu: 0.5 };
    };
    await create({ metrics, reports }).start();
    await until('a heartbeat', () => server.named('heartbeat').length > 0);
    expect(server.named('heartbeat')[0]?.body).toMatchObject({
      metrics: { cpu: 0.5 },
      streams: reports(),
    });
    isBroken = true;
    const before = server.named('heartbeat').length;
    await until('two more', () => server.named('heartbeat').length >= before + 2);
    expect(server.named('heartbeat').at(-1)?.body).not.toHaveProperty('metrics');
  });

  it('loses no ack to another one that the API cannot take', async () => {
    for (const id of ['1', '2', '3']) server.assign(id, 7);
    let isHeld = true;
    const isBad = (list: unknown) => JSON.stringify(list).includes('"streamId":"2"');
    scriptFor('acks', ({ body }) => {
      if (isHeld) return problem(503);
      return isBad(body['acks']) ? problem(400, 'INVALID_INPUT') : 'default';
    });
    const errors: object[] = [];
    const logger = { ...silentLogger, error: (fields: object) => void errors.push(fields) };
    await create({ logger }).start();
    await until('all run', () => handler.running.size === 3 && server.named('acks').length > 0);
    isHeld = false;
    const alone = () => server.named('acks').map(({ body }) => body['acks'] as Ack[]);
    const isSentAlone = (id: string) =>
      alone().some((list) => list.length === 1 && list[0]?.streamId === id);
    await until('each was sent', () => ['2', '3'].every(isSentAlone));
    await until('the drop is told', () => JSON.stringify(errors).includes('"streamId":"2"'));
    expect(JSON.stringify(errors)).not.toContain('"streamId":"3"');
  });

  it('sends no error and no checkpoint that the API cannot take', async () => {
    server.assign('1', 7);
    server.assign('2', 7);
    handler.stop = () => Promise.resolve({ checkpoint: { blob: 'x'.repeat(17_000) } });
    const begin = handler.start.bind(handler);
    handler.start = (given, context) => {
      if (given.streamId === '2') throw new Error(`\0\ud800${'e'.repeat(3_000)}`);
      begin(given, context);
    };
    await create().start();
    await until('both acks', () => acks().length === 2);
    server.assign('1', 7, { desired: 'stop' });
    await until('the stop', () => acks().length === 3);
    expect(acks()).toContainEqual(
      expect.objectContaining({ streamId: '2', error: `\ufffd${'e'.repeat(2_047)}` }),
    );
    expect(acks()[2]).toEqual({ streamId: '1', epoch: 7, state: 'stopped' });
  });

  it('sends bare heartbeats after one with measures was refused, and says so once', async () => {
    scriptFor('heartbeat', ({ body }) => (body['metrics'] ? problem(400) : 'default'));
    const errors: string[] = [];
    const logger = { ...silentLogger, error: (_: object, text: string) => void errors.push(text) };
    await create({ logger, metrics: () => ({ cpu: 1.02, memory: Number.NaN }) }).start();
    await until('four', () => server.named('heartbeat').length >= 4);
    const bodies = server.named('heartbeat').map(({ body }) => body['metrics']);
    expect(bodies.slice(0, 4)).toEqual([{ cpu: 1 }, undefined, undefined, undefined]);
    expect(errors).toEqual(['a heartbeat was refused; the next go without measures']);
  });

  it('makes another list for another attempt to resync', async () => {
    server.assign('1', 7);
    let failures = 1;
    scriptFor('running', () => {
      if (failures-- <= 0) return 'default';
      setImmediate(() => server.assign('2', 7));
      return problem(503);
    });
    await create().start();
    await until('it runs', () => handler.running.size === 1);
    const scriptedRunning = server.script;
    const { revision, leaseTtlMs, heartbeatIntervalMs } = server;
    let isTold = false;
    server.script = (call) => {
      if (call.name !== 'heartbeat' || isTold) return scriptedRunning(call);
      isTold = true;
      const body = { leaseTtlMs, heartbeatIntervalMs, revision, status: 'ready', resync: true };
      return { status: 200, body };
    };
    await until('two attempts', () => server.named('running').length === 2);
    const [first, second] = server.named('running').map(({ body }) => body['running']);
    expect(first).toEqual([{ streamId: '1', epoch: 7 }]);
    expect(second).toContainEqual({ streamId: '2', epoch: 7 });
  });

  it('leaves at once what it is granted after it was told to stop', async () => {
    let stopping: Promise<boolean> | undefined;
    const client = create();
    scriptFor('register', () => {
      stopping = client.stop();
      return 'default';
    });
    await client.start();
    await expect(stopping).resolves.toBe(true);
    expect(server.calls.map(({ name }) => name)).toEqual(['register', 'leave']);
  });

  it('allows nothing any more once the main loop was blocked past the lease', async () => {
    server.leaseTtlMs = 600;
    server.assign('1', 7);
    await create().start();
    await until('it runs', () => handler.running.size === 1);
    const context = handler.running.get('1');
    const end = performance.now() + 700;
    while (performance.now() < end) Math.sqrt(2);
    expect(context?.isAllowed()).toBe(false);
  });
});
