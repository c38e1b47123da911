import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ProtocolServer, until } from './driver/api.test-support';

jest.setTimeout(90_000);

const REGISTER = join(__dirname, '../../bootstrap/src/register.test-support.cjs');
const PROGRAM = join(__dirname, 'client.program.test-support.ts');
const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
const itWithFaketime = existsSync(FAKETIME) ? it : it.skip;
const WAIT_MS = 40_000;

interface Told {
  readonly type: string;
  readonly reason?: string;
  readonly epoch?: number;
}

describe('a program with a client, when it is paused, blocked or suspended', () => {
  let server: ProtocolServer;
  let directory: string;
  let effectsFile: string;
  let told: Told[];
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    server = await new ProtocolServer().listen();
    server.assign('1', 7);
    directory = mkdtempSync(join(tmpdir(), 'weir-client-'));
    effectsFile = join(directory, 'effects');
    writeFileSync(effectsFile, '');
    told = [];
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await server.close();
    rmSync(directory, { recursive: true });
  });

  /** Starts the program and waits until its stream has effects. */
  async function launch(leaseTtlMs: number, kill: string, env: Record<string, string> = {}) {
    server.leaseTtlMs = leaseTtlMs;
    const args = ['--conditions=@weir/source', '--require', REGISTER, PROGRAM];
    const child = spawn(process.execPath, [...args, server.url, effectsFile, kill], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    children.push(child);
    child.on('message', (message) => told.push(message as Told));
    await until('it has effects', () => effects().length > 10, WAIT_MS);
    return child;
  }

  /** When the program had effects, on the machine's monotonic clock, in ms. */
  const effects = () =>
    readFileSync(effectsFile, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => Number(BigInt(line) / 1_000n) / 1_000);
  const machineMs = () => Number(process.hrtime.bigint() / 1_000n) / 1_000;
  const hasStopped = (reason: string) =>
    told.some((message) => message.type === 'stopped' && message.reason === reason);

  /** Lets the lease run out by the server's clock: nothing renews it any more. */
  function silence(): { readonly expiresAtMs: () => number } {
    let lastAtMs = machineMs();
    server.script = ({ name }) => {
      if (name === 'heartbeat') lastAtMs = machineMs();
      return 'default';
    };
    return { expiresAtMs: () => lastAtMs + server.leaseTtlMs };
  }

  it('has no effect after a pause (SIGSTOP) longer than its lease, and comes back by itself', async () => {
    const child = await launch(1_500, 'kill');
    const lease = silence();
    child.kill('SIGSTOP');
    await pause(2_500);
    expect(machineMs()).toBeGreaterThan(lease.expiresAtMs());
    const expiredAtMs = lease.expiresAtMs();
    server.script = ({ name }) => (name === 'heartbeat' ? { status: 503 } : 'default');
    child.kill('SIGCONT');
    await until('it has stopped', () => hasStopped('lease-lost'), WAIT_MS);
    expect(effects().filter((atMs) => atMs > expiredAtMs)).toEqual([]);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    server.assign('1', 8);
    server.script = () => 'default';
    await until('it runs again', () => told.some(({ epoch }) => epoch === 8), WAIT_MS);
    await until('effects again', () => effects().at(-1)! > expiredAtMs, WAIT_MS);
  });

  it('stops in time when nothing answers any more, before anybody else may run its streams', async () => {
    await launch(1_500, 'kill');
    const lease = silence();
    await until('a heartbeat', () => server.named('heartbeat').length > 3, WAIT_MS);
    const before = lease.expiresAtMs();
    server.script = ({ name }) => (name === 'heartbeat' ? 'hang' : 'default');
    await until('it has stopped', () => hasStopped('lease-lost'), WAIT_MS);
    const last = effects().at(-1)!;
    expect(last).toBeLessThan(lease.expiresAtMs());
    expect(lease.expiresAtMs()).toBeGreaterThanOrEqual(before);
  });

  it('is ended by its watchdog when its main loop is blocked past the lease', async () => {
    const child = await launch(9_000, 'kill');
    const lease = silence();
    await until('a heartbeat', () => lease.expiresAtMs() - machineMs() > 8_900, WAIT_MS);
    const ended = once(child, 'exit');
    child.send({ type: 'block', ms: 60_000 });
    const [, signal] = (await ended) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    // What it wrote while it was blocked it wrote without asking.
    expect(effects().at(-1)).toBeLessThan(lease.expiresAtMs());
  });

  it('lives on, but is not allowed anything, when it may not be ended', async () => {
    const child = await launch(1_500, 'spare');
    child.send({ type: 'block', ms: 2_500 });
    await until('it has stopped', () => hasStopped('lease-lost'), WAIT_MS);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  });

  it('takes its lease for lost when the wall clock shows that it was suspended', async () => {
    const child = await launch(60_000, 'kill');
    const beatsBefore = server.named('heartbeat').length;
    child.send({ type: 'step', ms: 60_000 });
    await until('it has stopped', () => hasStopped('lease-lost'), WAIT_MS);
    await until('it is heard', () => server.named('heartbeat').length > beatsBefore, WAIT_MS);
    server.assign('1', 8);
    await until('it runs again', () => told.some(({ epoch }) => epoch === 8), WAIT_MS);
  });

  itWithFaketime('notices the same of a clock that really steps', async () => {
    const clock = join(directory, 'clock');
    writeFileSync(clock, '+0');
    await launch(60_000, 'kill', {
      LD_PRELOAD: FAKETIME,
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    });
    expect(told.filter(({ type }) => type === 'stopped')).toEqual([]);
    writeFileSync(clock, '-3600');
    await until('it has stopped', () => hasStopped('lease-lost'), WAIT_MS);
  });
});
