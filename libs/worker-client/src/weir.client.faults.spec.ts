import type { Assignment } from '@weir/domain';
import type { ServerResponse } from 'node:http';
import type { ClientNotice } from './client.notice';
import { silentLogger } from './client.options';
import type { WeirClientOptions } from './client.options';
import { ApiCaller } from './driver/api.caller';
import { ProtocolServer, problem, until } from './driver/api.test-support';
import type { Misbehaviour, Script } from './driver/api.test-support';
import { nodeRuntime as runtime } from './driver/client.runtime';
import type { StreamContext, StreamHandler } from './stream.handler';
import { WeirClient } from './weir.client';

const JSON_TYPE = { 'content-type': 'application/json' };

/** What can stand between an instance and the API, or be left of the API. */
const FAULTS: readonly (readonly [string, Misbehaviour])[] = [
  ['a connection that is reset', (response) => response.socket?.resetAndDestroy()],
  ['a connection that is closed half way', (response) => closeHalfWay(response)],
  ['an answer that never ends', (response) => void dripFor(response)],
  ['no answer at all', () => undefined],
  ['JSON that is cut off', (response) => answer(response, '{"leaseTtlMs": 3000, "rev')],
  ['an empty answer', (response) => answer(response, '')],
  ['JSON that says nothing', (response) => answer(response, '{}')],
  ['a list', (response) => answer(response, '[]')],
  ['a lease of no length', (response) => answer(response, '{"leaseTtlMs": null, "revision": 1}')],
  ['a page of a portal', (response) => page(response, 200)],
  ['a page of a gateway', (response) => page(response, 502)],
  ['a redirection to a page', (response) => response.writeHead(302, { location: '/' }).end()],
  ['503 that says when', (response) => response.writeHead(503, { 'retry-after': '0' }).end()],
  ['503 that says in vain when', (response) => tooLate(response)],
  ['429', (response) => response.writeHead(429).end()],
];

function answer(response: ServerResponse, text: string): void {
  response.writeHead(200, JSON_TYPE).end(text);
}

function page(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>');
}

function tooLate(response: ServerResponse): void {
  response.writeHead(503, { 'retry-after': 'Wed, 21 Oct 2099 07:28:00 GMT' }).end();
}

function closeHalfWay(response: ServerResponse): void {
  response.writeHead(200, { ...JSON_TYPE, 'content-length': '1000' });
  response.write('{"leaseTtlMs"', () => response.socket?.end());
}

/** A byte now and then, for as long as anybody reads. */
function dripFor(response: ServerResponse): void {
  response.writeHead(200, JSON_TYPE);
  const timer = setInterval(() => response.write(' '), 50);
  response.on('close', () => clearInterval(timer));
}

class Handler implements StreamHandler {
  readonly contexts = new Map<string, StreamContext>();
  readonly log: string[] = [];
  declare prepare: NonNullable<StreamHandler['prepare']>;
  declare listRunning: NonNullable<StreamHandler['listRunning']>;

  start({ streamId, epoch }: Assignment, context: StreamContext): void {
    this.log.push(`start ${streamId}:${epoch}`);
    this.contexts.set(streamId, context);
  }

  stop(streamId: string, epoch: number, reason: string): void {
    this.log.push(`stop ${streamId}:${epoch} ${reason}`);
    this.contexts.delete(streamId);
  }
}

describe('WeirClient against what misbehaves', () => {
  const servers: ProtocolServer[] = [];
  const clients: WeirClient[] = [];
  let server: ProtocolServer;
  let handler: Handler;
  let notices: ClientNotice[];

  beforeEach(async () => {
    server = await listen();
    handler = new Handler();
    notices = [];
  });

  afterEach(async () => {
    for (const each of servers) each.script = () => 'default';
    await Promise.all(clients.splice(0).map((client) => client.stop({ timeoutMs: 0 })));
    await Promise.all(servers.splice(0).map((each) => each.close()));
  });

  async function listen(port?: number): Promise<ProtocolServer> {
    const created = await new ProtocolServer().listen(port);
    servers.push(created);
    return created;
  }

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
      journal: () => undefined,
      ...more,
    });
    for (const name of NAMES) {
      client.on(name, (fields) => notices.push({ name, ...fields } as ClientNotice));
    }
    clients.push(client);
    return client;
  }

  const named = (name: string) => notices.filter((notice) => notice.name === name);
  const acks = (of: ProtocolServer = server) =>
    of.named('acks').flatMap((call) => call.body['acks'] as { state: string }[]);

  /** Answers the named calls so until it has done it that often. */
  function disturb(name: string, fault: Misbehaviour, times: number): { left: number } {
    const state = { left: times };
    const script: Script = (call) => {
      if (call.name !== name || state.left <= 0) return 'default';
      state.left -= 1;
      return fault;
    };
    server.script = script;
    return state;
  }

  it.each(FAULTS)('keeps its streams over heartbeats with %s', async (_, fault) => {
    server.leaseTtlMs = 4_000;
    server.assign('1', 7);
    await create().start();
    await until('it runs', () => handler.contexts.size === 1);
    const disturbed = disturb('heartbeat', fault, 2);
    await until('the fault', () => disturbed.left === 0);
    await until('it is back', () => named('reconnected').length > 0);
    expect(named('disconnected')).toHaveLength(1);
    expect(handler.log).toEqual(['start 1:7']);
    expect(named('leaseLost')).toEqual([]);
  });

  it.each(FAULTS.filter(([what]) => !/never ends|at all/.test(what)))(
    'registers after %s',
    async (_, fault) => {
      disturb('register', fault, 2);
      await create().start();
      expect(server.named('register')).toHaveLength(3);
      expect(named('registrationFailed')).toHaveLength(2);
    },
  );

  it.each(FAULTS.filter(([what]) => !/never ends|at all/.test(what)))(
    'loses no ack over %s',
    async (_, fault) => {
      server.assign('1', 7);
      disturb('acks', fault, 2);
      await create().start();
      await until('the third attempt', () => acks().length === 3);
      server.assign('1', 7, { desired: 'stop' });
      await until('the stop', () => acks().at(-1)?.state === 'stopped');
    },
  );

  it('learns from heartbeats while its watch is a page, and tells that once', async () => {
    server.leaseTtlMs = 40_000;
    const disturbed = disturb('watch', (response) => page(response, 200), 1_000);
    await create().start();
    server.assign('1', 7);
    await until('it runs', () => handler.contexts.size === 1);
    await until('some attempts', () => disturbed.left <= 996, 20_000);
    expect(named('partialConnectivity')).toMatchObject([
      { failing: ['watch'], reason: 'an answer of type text/html' },
    ]);
    server.script = () => 'default';
    await until('it is back', () => named('connectivityRestored').length === 1, 20_000);
  });

  it('reads no more of an answer than it can hold', async () => {
    let written = 0;
    server.script = () => (response) => {
      response.writeHead(200, JSON_TYPE);
      const write = () => {
        if (response.destroyed) return;
        written += 65_536;
        if (response.write(' '.repeat(65_536))) setImmediate(write);
        else response.once('drain', write);
      };
      write();
    };
    const caller = new ApiCaller({
      urls: [server.url],
      key: 'the-key',
      runtime,
      onNotice: () => undefined,
      answerMaxBytes: 1_000_000,
    });
    const call = {
      method: 'GET',
      path: '/v1/x',
      timeoutMs: 10_000,
      check: () => undefined,
    } as const;
    const outcome = await caller.call(call);
    expect(outcome).toMatchObject({ reason: 'an answer of more than 1000000 bytes' });
    expect(written).toBeLessThan(50_000_000);
  });

  it('leaves an address alone that fails, and asks for its health before it is used', async () => {
    const other = await listen();
    const { port } = new URL(server.url);
    await create({ urls: [server.url, other.url] }).start();
    await server.close();
    await until('another address is used', () => other.named('heartbeat').length > 0);
    await until('the breaker', () => named('breakerOpened').length > 0, 20_000);
    const back = await listen(Number(port));
    back.isReady = false;
    await until('two probes', () => back.named('readiness').length >= 2, 20_000);
    expect(back.calls.every(({ name }) => name === 'readiness')).toBe(true);
    back.isReady = true;
    await until('it is closed', () => named('breakerClosed').length === 1, 20_000);
    expect(named('breakerOpened')).toMatchObject([{ address: `http://127.0.0.1:${port}` }]);
    await other.close();
    await until('it is used', () => back.named('heartbeat').length > 0, 20_000);
  }, 60_000);

  it('lets heartbeats through although its only address was left alone', async () => {
    server.leaseTtlMs = 20_000;
    server.assign('1', 7);
    await create().start();
    await until('it runs', () => handler.contexts.size === 1);
    server.script = () => problem(503, 'DATABASE_UNAVAILABLE');
    await until('the breaker', () => named('breakerOpened').length === 1, 20_000);
    const before = server.named('heartbeat').length;
    await until('more', () => server.named('heartbeat').length >= before + 3, 20_000);
    expect(server.named('readiness')).toEqual([]);
    server.script = () => 'default';
    await until('it is closed', () => named('breakerClosed').length === 1, 20_000);
    expect(handler.log).toEqual(['start 1:7']);
  }, 60_000);

  it('says what happened while it was cut off, with the measures that nobody got', async () => {
    server.leaseTtlMs = 600;
    server.assign('1', 7);
    server.assign('2', 4, { exclusive: false });
    await create({ metrics: () => ({ cpu: 0.5 }) }).start();
    await until('both run', () => handler.contexts.size === 2);
    server.script = ({ name }) => (name === 'heartbeat' ? problem(503) : 'default');
    await until('the lease is lost', () => named('localOperationBegan').length === 1);
    await until('it stopped', () => handler.log.includes('stop 1:7 lease-lost'));
    server.script = () => 'default';
    await until('the report', () => named('localOperationReported').length === 1);
    const [report] = named('localOperationReported');
    if (report?.name !== 'localOperationReported') throw new Error('no report');
    const names = report.notices.map(({ notice }) => notice.name);
    expect(names).toEqual(
      expect.arrayContaining(['disconnected', 'leaseLost', 'assignmentStopped']),
    );
    expect(report.measures[0]?.metrics).toEqual({ cpu: 0.5 });
    expect([report.droppedNotices, report.droppedMeasures]).toEqual([0, 0]);
    expect(handler.log.filter((line) => line.includes(' 2:'))).toEqual(['start 2:4']);
  });

  it('stops a stream whose handler says that it broke, and reports that with a checkpoint', async () => {
    server.assign('1', 7);
    handler.stop = (streamId, epoch, reason) => {
      handler.log.push(`stop ${streamId}:${epoch} ${reason}`);
      return { checkpoint: { at: 9 } } as never;
    };
    await create().start();
    await until('it is acknowledged', () => acks().length === 1);
    const context = handler.contexts.get('1');
    context?.fail(new Error('the decoder died'));
    context?.fail(new Error('and again'));
    await until('the failure', () => acks().length === 2);
    expect(acks()[1]).toEqual({
      streamId: '1',
      epoch: 7,
      state: 'failed',
      error: 'the decoder died',
      checkpoint: { at: 9 },
    });
    expect(context?.isAllowed()).toBe(false);
    expect(handler.log).toEqual(['start 1:7', 'stop 1:7 failed']);
  });

  it('finds out by itself that a stream died, and stops what should not run', async () => {
    server.assign('1', 7);
    server.assign('2', 7);
    const alive = new Set(['1', '2']);
    handler.listRunning = () => [...alive, '9'].map((streamId) => ({ streamId, epoch: 7 }));
    await create({ checkIntervalMs: 300 }).start();
    await until('both run', () => acks().length === 2);
    alive.delete('2');
    await until('the failure', () => acks().some(({ state }) => state === 'failed'));
    await until('the stray', () => handler.log.includes('stop 9:7 not-owned'));
    await until('the outcome', () => named('checkFailed').length > 0);
    expect(handler.log).toContain('stop 2:7 failed');
    expect(handler.log).not.toContain('stop 1:7 failed');
  });

  it('prepares without being allowed anything, then starts under the next epoch', async () => {
    const prepared: StreamContext[] = [];
    handler.prepare = (_, context) => void prepared.push(context);
    await create().start();
    server.assign('1', 7, { desired: 'prepare' });
    await until('the ack', () => acks().length === 1);
    expect(acks()[0]).toEqual({ streamId: '1', epoch: 7, state: 'prepared' });
    expect([prepared[0]?.epoch, prepared[0]?.isAllowed()]).toEqual([7, false]);
    server.assign('1', 8);
    await until('it runs', () => acks().length === 2);
    expect([prepared[0]?.signal.aborted, handler.contexts.get('1')?.isAllowed()]).toEqual([
      false,
      true,
    ]);
    server.assign('1', 8, { desired: 'stop' });
    await until('it stopped', () => acks().length === 3);
    expect(prepared[0]?.signal.aborted).toBe(true);
    expect(handler.log).toEqual(['start 1:8', 'stop 1:8 assigned-away']);
  });

  it('acknowledges a preparation at once, and its stop, when the handler has none', async () => {
    await create().start();
    server.assign('1', 7, { desired: 'prepare' });
    await until('the ack', () => acks().length === 1);
    server.assign('1', 7, { desired: 'stop' });
    await until('the stop', () => acks().length === 2);
    expect(acks().map(({ state }) => state)).toEqual(['prepared', 'stopped']);
    expect(handler.log).toEqual([]);
  });

  it('gives up a preparation that takes too long, and starts without it', async () => {
    let signal: AbortSignal | undefined;
    handler.prepare = (_, context) => {
      ({ signal } = context);
      return new Promise(() => undefined);
    };
    await create({ prepareTimeoutMs: 100 }).start();
    server.assign('1', 7, { desired: 'prepare' });
    await until('the failure', () => acks().length === 1);
    expect(acks()[0]).toMatchObject({ epoch: 7, state: 'failed' });
    expect(signal?.aborted).toBe(true);
    server.assign('2', 7, { desired: 'prepare' });
    server.assign('2', 8);
    await until('it runs all the same', () => handler.contexts.get('2')?.epoch === 8);
  });

  it('leaves the revision out of a list for an API that does not know it', async () => {
    server.assign('1', 7);
    await create({ logger: silentLogger }).start();
    await until('it runs', () => handler.contexts.size === 1);
    const { leaseTtlMs, heartbeatIntervalMs, revision } = server;
    const beat = { leaseTtlMs, heartbeatIntervalMs, revision, status: 'ready', resync: true };
    server.script = ({ name, body }) => {
      if (name === 'heartbeat') return { status: 200, body: beat };
      return name === 'running' && 'seenRevision' in body ? problem(400) : 'default';
    };
    await until('the second list', () => server.named('running').length >= 2);
    const [first, second] = server.named('running').map(({ body }) => body);
    expect(first).toHaveProperty('seenRevision', revision);
    expect(second).not.toHaveProperty('seenRevision');
  });

  it('names everything that is wrong with its options', () => {
    const wrong = { serverId: 'a b', maxStreams: 20_001, urls: ['ftp://x'], stopTimeoutMs: -1 };
    expect(() => new WeirClient({ ...options(), ...wrong })).toThrow(
      /serverId.*urls.*maxStreams: not a whole number in 0 .. 20000; stopTimeoutMs/,
    );
  });

  function options(): WeirClientOptions {
    const name = { fleet: 'default', serverId: 'a', host: 'h', port: 1, maxStreams: 1 };
    return { ...name, urls: [server.url], key: 'k', handler };
  }
});

const NAMES = [
  'registrationFailed',
  'disconnected',
  'reconnected',
  'leaseLost',
  'breakerOpened',
  'breakerClosed',
  'partialConnectivity',
  'connectivityRestored',
  'localOperationBegan',
  'localOperationReported',
  'checkFailed',
] as const;
