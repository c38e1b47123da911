import type { Assignment } from '@weir/domain';
import { startSourceServer } from '@weir/source-server';
import type { SourceServer } from '@weir/source-server';
import { until } from '../readers/odd.source.test-support';
import { StreamRegistry } from './stream.registry';
import { toLocalStreamView } from './stream.view';

jest.setTimeout(30_000);

describe('StreamRegistry', () => {
  let source: SourceServer;
  let registry: StreamRegistry;
  const totals = { bytes: 0, stalls: 0, failures: 0, reconnections: 0 };

  beforeAll(async () => (source = await startSourceServer({ titleMs: 200 })));
  afterAll(() => source.close());
  beforeEach(() => {
    const counters = {
      onBytes: (bytes: number) => void (totals.bytes += bytes),
      onStall: () => void (totals.stalls += 1),
      onFailure: () => void (totals.failures += 1),
      onReconnection: () => void (totals.reconnections += 1),
    };
    registry = new StreamRegistry(counters, 128);
  });
  afterEach(async () => {
    await Promise.all(registry.list().map((run) => registry.stop(run.assignment.streamId)));
  });

  function start(streamId: string, path: string, config: Record<string, unknown> = {}) {
    const stream = { name: `name ${streamId}`, source: source.baseUrl + path, config };
    const rest = { epoch: 3, desired: 'run', exclusive: true } as const;
    const assignment: Assignment = { streamId, ...rest, stream };
    registry.start(assignment, { isAllowed: () => true });
  }

  const view = (streamId: string) => toLocalStreamView(registry.find(streamId)!);

  it('measures bitrate, bytes and title of a stream that runs, and reports its load', async () => {
    start('1', '/radio/steady.mp3');
    await until('it is measured', () => view('1').bitrateKbps !== null && view('1').title !== null);
    await until('the average settles', () => Math.abs((view('1').bitrateKbps ?? 0) - 64) < 16);
    expect(view('1')).toMatchObject({
      streamId: '1',
      epoch: 3,
      name: 'name 1',
      state: 'running',
      kind: 'icy',
      lastError: null,
      stalls: 0,
    });
    expect(registry.reports()[0]?.load).toBeCloseTo((view('1').bitrateKbps ?? 0) / 128, 1);
    expect(registry.countStates()).toEqual({ connecting: 0, running: 1, stalled: 0, failing: 0 });
  });

  it('shows a source that fails, without stopping others, and comes back to it', async () => {
    source.setFaults('dead', { status: 503 });
    start('1', '/radio/dead.mp3');
    start('2', '/radio/alive.mp3');
    await until('it fails', () => view('1').state === 'failing');
    expect(view('1').lastError).toBe('answered 503 Service Unavailable');
    expect(registry.reports()[0]).toMatchObject({ state: 'failing', error: view('1').lastError });
    await until('the other runs', () => view('2').state === 'running');
    source.setFaults('dead', undefined);
    await until('it runs', () => view('1').state === 'running');
    expect(view('1')).toMatchObject({ lastError: null });
    expect(view('1').reconnections).toBeGreaterThan(0);
  });

  it('counts a stall when no data comes, and connects again', async () => {
    start('1', '/radio/sleepy.mp3', { idleTimeoutMs: 300 });
    await until('it runs', () => view('1').state === 'running');
    source.setFaults('sleepy', { speed: 0 });
    await until('it stalls', () => view('1').stalls > 0);
    expect(view('1')).toMatchObject({ lastError: 'no data for 300 ms', bitrateKbps: null });
    source.setFaults('sleepy', undefined);
    await until('it runs again', () => view('1').state === 'running');
  });

  it('survives a connection that is reset', async () => {
    start('1', '/radio/reset.mp3');
    await until('it runs', () => view('1').state === 'running');
    source.cut('reset');
    await until('it noticed', () => view('1').state === 'failing');
    expect(view('1').lastError).toMatch(/ECONNRESET|aborted|broke off/);
    await until('it runs again', () => view('1').state === 'running');
  });

  it('is connected no more when stop resolves', async () => {
    start('1', '/radio/stopped.mp3');
    start('2', '/hls/stopped-too/index.m3u8');
    await until('both run', () => registry.countStates().running === 2);
    await Promise.all([registry.stop('1'), registry.stop('2')]);
    expect(registry.list()).toEqual([]);
    await until('nobody listens', () => source.listenerCount('stopped') === 0);
  });

  it('stops while it waits to come back to a source', async () => {
    source.setFaults('never', { status: 404 });
    start('1', '/radio/never.mp3');
    await until('it fails', () => view('1').state === 'failing');
    const startedAtMs = performance.now();
    await registry.stop('1');
    expect(performance.now() - startedAtMs).toBeLessThan(200);
  });

  it('refuses at once what it could never run', () => {
    expect(() => start('1', '/x.mp3', { idleTimeoutMs: 'soon' })).toThrow('idleTimeoutMs');
    const stream = { name: 'n', source: 'rtsp://camera.test/', config: {} };
    const assignment = {
      streamId: '2',
      epoch: 1,
      desired: 'run',
      exclusive: true,
      stream,
    } as const;
    expect(() => registry.start(assignment, { isAllowed: () => true })).toThrow('not an http');
    expect(registry.list()).toEqual([]);
  });

  it('does nothing for a stream that it may not act for any more', async () => {
    const stream = { name: 'n', source: `${source.baseUrl}/radio/fenced.mp3`, config: {} };
    const assignment = {
      streamId: '3',
      epoch: 1,
      desired: 'run',
      exclusive: true,
      stream,
    } as const;
    const before = totals.bytes;
    registry.start(assignment, { isAllowed: () => false });
    await until('it is connected', () => source.listenerCount('fenced') === 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([totals.bytes - before, view('3').bytes]).toEqual([0, 0]);
  });
});
