import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { EmbeddedError } from './embedded.error';

/** What to run, as whom, and where its output goes. */
export interface ProgramOptions {
  readonly file: string;
  readonly args: readonly string[];
  /**
   * Written to standard input, which is then closed: the place for passwords, as arguments are
   * public.
   */
  readonly input?: string;
  readonly logFile: string;
  /** System user to run as; absent: the same as this process. */
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly env?: NodeJS.ProcessEnv;
}

/** How many characters of log an error message carries. */
const LOG_TAIL_LENGTH = 2_000;

const running = new Map<Program, NodeJS.Signals>();

/**
 * When this process ends by itself without having stopped a program, the program is asked to stop
 * too. This listens to `exit` and to no signal: what happens on Ctrl-C is for the owner of the
 * process to decide.
 */
process.on('exit', () => {
  for (const [program, signal] of running) {
    program.kill(signal);
  }
});

/**
 * A program in a process group of its own. A Ctrl-C in the terminal goes to the foreground group
 * only, so it does not reach this one: the databases stay up until the services that need them are
 * through.
 */
export class Program {
  private readonly exited: Promise<void>;
  private ended = false;

  private constructor(
    private readonly child: ChildProcess,
    readonly pid: number,
    private readonly log: { readonly file: string; readonly from: number },
  ) {
    this.exited = new Promise((resolve) => {
      child.once('exit', () => {
        this.ended = true;
        running.delete(this);
        resolve();
      });
    });
  }

  /**
   * Starts `options.file`. `exitSignal` is sent to it when this process ends first.
   * @throws EmbeddedError SPAWN_FAILED when the system refuses to run the file.
   */
  static async start(options: ProgramOptions, exitSignal: NodeJS.Signals): Promise<Program> {
    mkdirSync(dirname(options.logFile), { recursive: true });
    const log = openSync(options.logFile, 'a', 0o600);
    try {
      const from = statSync(options.logFile).size;
      const child = spawn(options.file, options.args, {
        detached: true,
        stdio: ['pipe', log, log],
        // A folder that every user may enter: ours may be closed to the system user.
        cwd: '/',
        env: options.env ?? process.env,
        ...options.user,
      });
      const pid = await spawned(child, options.file);
      child.stdin?.on('error', () => undefined).end(options.input ?? '');
      const program = new Program(child, pid, { file: options.logFile, from });
      running.set(program, exitSignal);
      child.unref();
      return program;
    } finally {
      closeSync(log);
    }
  }

  get hasExited(): boolean {
    return this.ended;
  }

  /** The code it ended with; null while it runs and when a signal ended it. */
  get exitCode(): number | null {
    return this.child.exitCode;
  }

  /** Sends `signal`; nothing happens when the program is already gone. */
  kill(signal: NodeJS.Signals): void {
    if (!this.ended) {
      this.child.kill(signal);
    }
  }

  /** Whether the program ended within `timeoutMs`. */
  async waitForExit(timeoutMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.exited, timeout]);
    clearTimeout(timer);
    return this.ended;
  }

  /**
   * Sends each signal in turn and waits its time; the next one follows when the program is still
   * there.
   */
  async stop(steps: readonly (readonly [NodeJS.Signals, number])[]): Promise<void> {
    for (const [signal, timeoutMs] of steps) {
      this.kill(signal);
      if (await this.waitForExit(timeoutMs)) {
        return;
      }
    }
  }

  /** The last lines that this run of the program wrote. */
  logTail(): string {
    const written = readFileSync(this.log.file).subarray(this.log.from).toString('utf8');
    return written.slice(-LOG_TAIL_LENGTH).trim();
  }
}

function spawned(child: ChildProcess, file: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(
        new EmbeddedError('SPAWN_FAILED', `${file} cannot be run: ${cause.message}`, { cause }),
      );
    });
    child.once('spawn', () => resolve(child.pid ?? -1));
  });
}
