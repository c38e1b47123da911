import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const REGISTER = join(__dirname, '../../../libs/bootstrap/src/register.test-support.cjs');
const PROGRAM = join(__dirname, 'difficult.program.test-support.ts');
/** As a process supervisor does it. In ms. */
const RESTART_AFTER_MS = 200;

/** Where an instance belongs, and the key that it may use. */
export interface InstancePlace {
  readonly url: string;
  readonly key: string;
  readonly fleet: string;
}

/** A real process that is started again whenever it dies, as a supervisor would. */
export class DifficultInstance {
  /** How often it died by itself. */
  deaths = 0;
  private child: ChildProcess | undefined;
  private restart: NodeJS.Timeout | undefined;
  private isStopping = false;

  constructor(
    readonly serverId: string,
    private readonly place: InstancePlace,
  ) {
    this.spawn();
  }

  stop(): void {
    this.isStopping = true;
    clearTimeout(this.restart);
    this.child?.kill('SIGKILL');
  }

  private spawn(): void {
    const { url, key, fleet } = this.place;
    const node = ['--conditions=@weir/source', '--require', REGISTER];
    this.child = spawn(process.execPath, [...node, PROGRAM, url, key, fleet, this.serverId], {
      env: { PATH: process.env['PATH'] },
      stdio: 'inherit',
    });
    this.child.once('exit', () => {
      if (this.isStopping) return;
      this.deaths += 1;
      this.restart = setTimeout(() => this.spawn(), RESTART_AFTER_MS);
    });
  }
}
