import { transformFileSync } from '@swc/core';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './api.test-support';
import { LeaseWatchdog } from './lease.watchdog';

function block(durationMs: number): void {
  const end = performance.now() + durationMs;
  while (performance.now() < end) Math.sqrt(2);
}

describe('LeaseWatchdog', () => {
  let watchdog: LeaseWatchdog;
  beforeEach(() => (watchdog = new LeaseWatchdog(false)));
  afterEach(() => watchdog.close());

  const inMs = (durationMs: number) => performance.now() + durationMs;

  it('fires at the deadline even though the main loop is blocked', () => {
    watchdog.watch({ deadlineMs: inMs(300), reactionMs: 100, isGuarding: true });
    expect(watchdog.hasFired).toBe(false);
    block(500);
    expect(watchdog.hasFired).toBe(true);
  });

  it('does not fire when the deadline is moved in time, or there is nothing to guard', () => {
    watchdog.watch({ deadlineMs: inMs(200), reactionMs: 100, isGuarding: true });
    watchdog.watch({ deadlineMs: inMs(60_000), reactionMs: 100, isGuarding: true });
    block(300);
    expect(watchdog.hasFired).toBe(false);
    watchdog.watch({ deadlineMs: inMs(-1), reactionMs: 100, isGuarding: false });
    block(100);
    expect(watchdog.hasFired).toBe(false);
  });

  it('forgets that it fired when a new deadline is set', async () => {
    watchdog.watch({ deadlineMs: inMs(0), reactionMs: 100, isGuarding: true });
    await until('it fires', () => watchdog.hasFired);
    watchdog.watch({ deadlineMs: inMs(60_000), reactionMs: 100, isGuarding: true });
    expect(watchdog.hasFired).toBe(false);
  });
});

describe('LeaseWatchdog in a process that may be ended', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'weir-watchdog-'));
    for (const name of ['lease.watchdog', 'watchdog.thread']) {
      const { code } = transformFileSync(join(__dirname, `${name}.ts`), {
        swcrc: false,
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
      });
      writeFileSync(join(directory, `${name}.js`), code);
    }
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  function launch(body: string): ChildProcess {
    const program = `
      const { LeaseWatchdog } = require(${JSON.stringify(join(directory, 'lease.watchdog.js'))});
      const watchdog = new LeaseWatchdog(true);
      const inMs = (ms) => performance.now() + ms;
      const block = (ms) => { const end = inMs(ms); while (performance.now() < end); };
      ${body}`;
    return spawn(process.execPath, ['-e', program], {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
  }

  async function endOf(child: ChildProcess) {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    return { code, signal };
  }

  const run = (body: string) => endOf(launch(body));

  it('ends it when the main loop is blocked past the deadline and the time to react', async () => {
    const ended = await run(`
      watchdog.watch({ deadlineMs: inMs(500), reactionMs: 200, isGuarding: true });
      block(10_000);`);
    expect(ended.signal).toBe('SIGKILL');
  }, 20_000);

  it('leaves it alone when the main loop reacts, and lets it exit by itself', async () => {
    const ended = await run(`
      watchdog.watch({ deadlineMs: inMs(500), reactionMs: 1_000, isGuarding: true });
      setTimeout(() => {
        watchdog.watch({ deadlineMs: undefined, reactionMs: 0, isGuarding: true });
        setTimeout(() => {}, 1_500);
      }, 600);`);
    expect(ended).toEqual({ code: 0, signal: null });
  }, 20_000);

  it('lets a process that was paused past the deadline find out and stop by itself', async () => {
    const child = launch(`
      const deadlineMs = inMs(500);
      watchdog.watch({ deadlineMs, reactionMs: 200, isGuarding: true });
      const check = setInterval(() => {
        if (performance.now() < deadlineMs) return;
        clearInterval(check);
        watchdog.watch({ deadlineMs: undefined, reactionMs: 0, isGuarding: true });
        process.disconnect();
      }, 20);
      process.send('guarding');`);
    const ended = endOf(child);
    await once(child, 'message');
    child.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    child.kill('SIGCONT');
    expect(await ended).toEqual({ code: 0, signal: null });
  }, 20_000);
});
