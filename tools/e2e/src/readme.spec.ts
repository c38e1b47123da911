import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@weir/testing';
import { RealFleet } from './fleet.test-support';

jest.setTimeout(180_000);

const ROOT = join(__dirname, '..', '..', '..');
const STREAMS = 4;
const LINES_MAX = 20;

/** The first example of the client's README, as it stands there. */
function readExample(): string {
  const readme = readFileSync(join(ROOT, 'libs/worker-client/README.md'), 'utf8');
  const example = /```js\n([\s\S]*?)```/.exec(readme)?.[1];
  if (example === undefined) throw new Error('the README has no example');
  return example;
}

describe("the example of the client's README, in plain Node against a real control plane", () => {
  let fleet: RealFleet;
  let directory: string;
  let program: ChildProcess;
  let output = '';

  beforeAll(async () => {
    fleet = await RealFleet.start({ workers: 0, balancers: 1, sampleStreams: STREAMS });
    directory = mkdtempSync(join(tmpdir(), 'weir-readme-'));
    symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
    const file = join(directory, 'example.mjs');
    writeFileSync(file, readExample());
    program = spawn(process.execPath, [file], {
      env: {
        PATH: process.env['PATH'],
        WEIR_API_URL: fleet.stack.apiUrl,
        WEIR_INSTANCE_KEY: fleet.stack.home.keys().instance,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    program.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  });
  afterAll(async () => {
    program?.kill('SIGKILL');
    await fleet?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('is as short as it is said to be', () => {
    const lines = readExample().split('\n');
    expect(lines.filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(LINES_MAX);
  });

  it('joins the fleet and runs every stream', async () => {
    await fleet.untilAllRun();
    const assignments = await fleet.assignments();
    expect(assignments).toHaveLength(STREAMS);
    expect(new Set(assignments.map(({ serverId }) => serverId))).toEqual(new Set(['example-1']));
    await until('each stream plays', () =>
      assignments.every(({ streamName }) => output.includes(`${streamName}: epoch `)),
    );
  });

  it('leaves cleanly when it is told to end', async () => {
    // There is nobody to hand over to, so that it would wait for as long as it may.
    for (const { streamId } of await fleet.assignments()) {
      await fleet.call(`/streams/${streamId}`, { method: 'PATCH', body: { enabled: false } });
    }
    const ended = once(program, 'exit');
    program.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    const assignments = await fleet.assignments();
    expect(assignments.filter(({ serverId }) => serverId !== null)).toEqual([]);
  });
});
