import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readLastLines } from './log.tail';
import type { Part, RunningPart, Tier } from './part';
import { StartError } from './start.error';

/** How a service or a one-shot of ours is run. */
export interface ProcessPartOptions {
  readonly name: string;
  readonly tier: Tier;
  /** File that Node.js runs. */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** `ready`: it says so over IPC. `exit`: it is done when it ends with 0. */
  readonly until: 'ready' | 'exit';
  readonly timeoutMs: number;
  readonly onSpawn: (name: string, pid: number) => void;
}

/** SIGTERM, then this long, then SIGKILL. In ms. */
const STOP_GRACE_MS = 30_000;
const LOG_LINES_SHOWN = 20;

interface ServiceMessage {
  readonly type?: string;
  readonly phase?: string;
  readonly detail?: string;
  readonly url?: string | null;
  readonly message?: string;
}

/**
 * A Node.js process of ours. It runs in a process group of its own, so that Ctrl-C in the terminal
 * reaches only the starter, which then stops everything in order.
 */
export class ProcessPart implements Part {
  readonly name: string;
  readonly tier: Tier;

  constructor(private readonly options: ProcessPartOptions) {
    this.name = options.name;
    this.tier = options.tier;
  }

  async start(onDetail: (detail: string) => void): Promise<RunningPart> {
    const child = this.spawn();
    const exited = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => resolve(describeEnd(code, signal)));
    });
    try {
      const summary = await this.untilUp(child, exited, onDetail);
      return this.options.until === 'exit' ? FINISHED : new RunningProcess(child, exited, summary);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  private spawn(): ChildProcess {
    const log = openSync(this.options.logFile, 'a');
    const child = spawn(process.execPath, ['--enable-source-maps', this.options.program], {
      env: this.options.env,
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    });
    closeSync(log);
    if (child.pid !== undefined) this.options.onSpawn(this.name, child.pid);
    return child;
  }

  private untilUp(
    child: ChildProcess,
    exited: Promise<string>,
    onDetail: (detail: string) => void,
  ): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(this.failure(`not ready after ${this.options.timeoutMs / 1_000} s`)),
        this.options.timeoutMs,
      );
      let reason = '';
      child.on('message', (message: ServiceMessage) => {
        if (message.type === 'phase')
          onDetail([message.phase, message.detail].filter(Boolean).join(': '));
        if (message.type === 'failed') reason = message.message ?? '';
        if (message.type === 'ready' && this.options.until === 'ready') resolve(message.url ?? '');
      });
      child.once('error', (error) => reject(this.failure(error.message)));
      void exited.then((end) => {
        clearTimeout(timer);
        if (this.options.until === 'exit' && end === 'ended with 0') resolve('done');
        else reject(this.failure(reason || end));
      });
      const settle = (): void => clearTimeout(timer);
      child.once('message', (message: ServiceMessage) => message.type === 'ready' && settle());
    });
  }

  private failure(reason: string): StartError {
    const { name, logFile } = this.options;
    return new StartError(
      `${name} did not start: ${reason}`,
      [
        `read its whole log: ${logFile}`,
        'then start again; what runs already is kept in its folder',
      ],
      readLastLines(logFile, LOG_LINES_SHOWN),
    );
  }
}

/** A one-shot that has done its work: nothing runs, nothing can die, nothing is to be stopped. */
export const FINISHED: RunningPart = {
  summary: 'done',
  pid: undefined,
  stop: () => Promise.resolve(),
  kill: () => Promise.resolve(),
  died: new Promise(() => undefined),
};

class RunningProcess implements RunningPart {
  readonly pid: number | undefined;
  readonly died: Promise<string>;
  private isStopping = false;

  constructor(
    private readonly child: ChildProcess,
    private readonly exited: Promise<string>,
    readonly summary: string,
  ) {
    this.pid = child.pid;
    this.died = new Promise((resolve) => {
      void exited.then((end) => !this.isStopping && resolve(end));
    });
    child.unref();
    child.channel?.unref();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.child.ref();
    const force = setTimeout(() => this.child.kill('SIGKILL'), STOP_GRACE_MS);
    this.child.kill('SIGTERM');
    await this.exited;
    clearTimeout(force);
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal);
    if (signal === 'SIGKILL') await this.exited;
  }
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  return signal ? `killed by ${signal}` : `ended with ${code}`;
}
