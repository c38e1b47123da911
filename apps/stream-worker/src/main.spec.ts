import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSourceServer } from '@weir/source-server';
import type { SourceServer } from '@weir/source-server';
import { until } from './readers/odd.source.test-support';
import { SmallControlPlane } from './small.control-plane.test-support';

jest.setTimeout(90_000);

const register = join(__dirname, '../../../libs/bootstrap/src/register.test-support.cjs');

function launch(env: Record<string, string>): ChildProcess {
  const main = join(__dirname, 'main.ts');
  return spawn(process.execPath, ['--conditions=@weir/source', '--require', register, main], {
    env: { PATH: process.env['PATH'], LOG_FORMAT: 'json', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

async function readyUrl(child: ChildProcess): Promise<string> {
  for (;;) {
    const [message] = (await once(child, 'message')) as [{ type: string; url: string }];
    if (message.type === 'ready') return message.url;
  }
}

describe('the stream-worker process', () => {
  let source: SourceServer;
  let controlPlane: SmallControlPlane;
  let directory: string;
  let child: ChildProcess;
  let url: string;

  const get = (path: string, key?: string) =>
    fetch(url + path, { headers: key ? { authorization: `Bearer ${key}` } : {} });

  beforeAll(async () => {
    source = await startSourceServer();
    directory = mkdtempSync(join(tmpdir(), 'weir-stream-worker-'));
    const stream = { name: 'news', source: `${source.baseUrl}/radio/news.mp3`, config: {} };
    const rest = { epoch: 7, desired: 'run', exclusive: true } as const;
    controlPlane = await new SmallControlPlane({ streamId: '42', ...rest, stream }).listen();
    child = launch({
      WEIR_API_URL: controlPlane.url,
      WEIR_INSTANCE_KEY: 'the-instance-key',
      WEIR_SERVER_ID: 'worker-1',
      WEIR_LABELS: 'disk=ssd',
      WEIR_PORT: '0',
      WEIR_JOURNAL: join(directory, 'journals', 'worker-1.jsonl'),
    });
    url = await readyUrl(child);
  });

  afterAll(async () => {
    child.kill('SIGKILL');
    await controlPlane.close();
    await source.close();
    rmSync(directory, { recursive: true });
  });

  it('joins the fleet as what it was told to be, and acknowledges what it runs', async () => {
    await until('the ack', () => controlPlane.named('acks').length > 0);
    expect(controlPlane.named('instances')[0]).toMatchObject({
      serverId: 'worker-1',
      labels: { disk: 'ssd' },
      maxStreams: 200,
    });
    const acks = [{ streamId: '42', epoch: 7, state: 'running' }];
    expect(controlPlane.named('acks')[0]).toEqual({ incarnation: 1, acks });
  });

  it('shows what it runs, without its source', async () => {
    await until('it is measured', async () => {
      const { items } = (await (await get('/streams')).json()) as {
        items: { bitrateKbps: number | null }[];
      };
      return items[0]?.bitrateKbps !== null;
    });
    const answer = await get('/streams/42');
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ streamId: '42', name: 'news', state: 'running' });
    expect(text).not.toContain(source.baseUrl);
    expect((await get('/streams/43')).status).toBe(404);
  });

  it('reports state, load and its own measures in heartbeats', async () => {
    await until('a report', () =>
      controlPlane.named('heartbeat').some((beat) => {
        const [report] = (beat['streams'] ?? []) as { load?: number; state: string }[];
        return report?.state === 'running' && (report.load ?? 0) > 0;
      }),
    );
    const metrics = controlPlane.named('heartbeat').at(-1)?.['metrics'];
    expect(metrics).toMatchObject({ cpu: expect.any(Number), memory: expect.any(Number) });
  });

  it('answers health to all, and metrics only to who holds its key', async () => {
    expect((await get('/health')).status).toBe(200);
    expect((await get('/health/readiness')).status).toBe(200);
    expect((await get('/metrics')).status).toBe(401);
    expect((await get('/metrics', 'another-key')).status).toBe(403);
    const text = await (await get('/metrics', 'the-instance-key')).text();
    expect(text).toContain(
      'weir_client_events_total{event="registered",service="stream-worker"} 1',
    );
    expect(text).toContain('weir_local_operation{service="stream-worker"} 0');
    expect(text).toMatch(/weir_streams\{state="running".*\} 1/);
    expect(text).toMatch(/weir_source_bytes_total\{.*\} [1-9]/);
    expect(text).not.toContain('"42"');
  });

  it('hands over, leaves and exits with 0 on SIGTERM', async () => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    const names = controlPlane.calls.map(({ name }) => name);
    expect(names.lastIndexOf('drain')).toBeLessThan(names.lastIndexOf('acks'));
    expect(names.at(-1)).toBe('leave');
    const acks = controlPlane.named('acks').flatMap((body) => body['acks'] as object[]);
    expect(acks.at(-1)).toEqual({ streamId: '42', epoch: 7, state: 'stopped' });
  });

  it('has written into its journal what it ran, from when to when', () => {
    const lines = readFileSync(join(directory, 'journals', 'worker-1.jsonl'), 'utf8').trim();
    const entries = lines.split('\n').map((line) => JSON.parse(line) as Record<string, string>);
    const runs = entries.filter(({ kind }) => kind === 'started' || kind === 'stopped');
    expect(runs).toMatchObject([
      { kind: 'started', streamId: '42', epoch: 7, exclusive: true },
      { kind: 'stopped', streamId: '42', epoch: 7, exclusive: true },
    ]);
    expect(BigInt(runs[1]!['at']!)).toBeGreaterThan(BigInt(runs[0]!['at']!));
  });
});

it('ends with 78 and names what is missing when it is not configured', async () => {
  const child = launch({ WEIR_MAX_STREAMS: 'many' });
  expect(await once(child, 'exit')).toEqual([78, null]);
});
