import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './start.error';

/** What a start notes of itself, so that a second one is refused and leftovers can be ended. */
interface LockContent {
  readonly pid: number;
  readonly children: readonly { readonly name: string; readonly pid: number }[];
}

/** At most one start per home. */
export class HomeLock {
  private readonly path: string;
  private readonly children = new Map<string, number>();

  constructor(folder: string) {
    this.path = join(folder, 'start.json');
  }

  /**
   * Takes the home; ends what an earlier start that was killed left running.
   * @returns names of the parts that were ended.
   * @throws StartError when another start is alive.
   */
  take(): string[] {
    const former = this.read();
    if (former && isAlive(former.pid) && former.pid !== process.pid) {
      throw new StartError(`Weir already runs from this folder (process ${former.pid})`, [
        'stop that one with Ctrl-C in its terminal',
        'or start a second one apart from it: WEIR_HOME=.weir-2 WEIR_PORT=7170 npm start',
      ]);
    }
    const leftovers = (former?.children ?? []).filter((child) => isOurs(child.pid));
    for (const { pid } of leftovers) process.kill(pid, 'SIGKILL');
    this.write();
    return leftovers.map(({ name }) => name);
  }

  note(name: string, pid: number): void {
    this.children.set(name, pid);
    this.write();
  }

  release(): void {
    rmSync(this.path, { force: true });
  }

  private read(): LockContent | undefined {
    if (!existsSync(this.path)) return undefined;
    try {
      return JSON.parse(readFileSync(this.path, 'utf8')) as LockContent;
    } catch {
      return undefined;
    }
  }

  private write(): void {
    const children = [...this.children].map(([name, pid]) => ({ name, pid }));
    writeFileSync(this.path, JSON.stringify({ pid: process.pid, children }));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Process ids are reused: a leftover is only ended when its command line says that it is one. */
function isOurs(pid: number): boolean {
  if (!isAlive(pid)) return false;
  const commandLine = `/proc/${pid}/cmdline`;
  if (!existsSync(commandLine)) return false;
  return /dist.main\.js|redis-server|valkey-server|js-redis/.test(
    readFileSync(commandLine, 'utf8'),
  );
}
