import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PASSWORD = 'source-password-of-the-test';
/** Icecast refuses to run as root; this is `nobody` on every Linux. */
const NOBODY = 65_534;

/** Which of the programs are missing on this machine. */
export function findMissingPrograms(): string[] {
  const programs = [
    ['icecast2', '-v'],
    ['ffmpeg', '-version'],
  ] as const;
  return programs
    .filter(([program, flag]) => spawnSync(program, [flag]).error !== undefined)
    .map(([program]) => program);
}

/** A real Icecast server of its own, on a free port. */
export class Icecast {
  private constructor(
    private readonly directory: string,
    private readonly server: ChildProcess,
    readonly port: number,
  ) {}

  static async start(): Promise<Icecast> {
    const directory = mkdtempSync(join(tmpdir(), 'weir-icecast-'));
    const port = await findFreePort();
    const logs = join(directory, 'logs');
    mkdirSync(logs);
    chmodSync(directory, 0o755);
    chmodSync(logs, 0o777);
    const file = join(directory, 'icecast.xml');
    writeFileSync(file, configuration(port, logs));
    const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    const server = spawn('icecast2', ['-c', file], { stdio: 'ignore', ...user });
    return new Icecast(directory, server, port);
  }

  get isRunning(): boolean {
    return this.server.exitCode === null && this.server.signalCode === null;
  }

  url(mount: string): string {
    return `http://127.0.0.1:${this.port}/${mount}`;
  }

  /** A real encoder that plays a tone as MP3, in real time, for as long as it lives. */
  encode(mount: string, kbps: number): ChildProcess {
    const tone = ['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100'];
    const format = ['-c:a', 'libmp3lame', '-b:a', `${kbps}k`, '-content_type', 'audio/mpeg'];
    const target = `icecast://source:${PASSWORD}@127.0.0.1:${this.port}/${mount}`;
    const options = ['-hide_banner', '-loglevel', 'error'];
    return spawn('ffmpeg', [...options, ...tone, ...format, '-f', 'mp3', target], {
      stdio: 'ignore',
    });
  }

  /** Announces what plays, the way encoders do. False while there is no such mount. */
  async announce(mount: string, title: string): Promise<boolean> {
    const query = new URLSearchParams({ mount: `/${mount}`, mode: 'updinfo', song: title });
    const authorization = `Basic ${Buffer.from(`source:${PASSWORD}`).toString('base64')}`;
    const address = `http://127.0.0.1:${this.port}/admin/metadata?${query.toString()}`;
    const answer = await fetch(address, { headers: { authorization } }).catch(() => undefined);
    const text = (await answer?.text()) ?? '';
    return answer?.ok === true && text.includes('successful');
  }

  async stop(): Promise<void> {
    await end(this.server);
    rmSync(this.directory, { recursive: true });
  }
}

/** Kills a process and waits for its end. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function configuration(port: number, logs: string): string {
  return `<icecast>
  <limits><clients>20</clients><sources>4</sources><source-timeout>3</source-timeout></limits>
  <authentication>
    <source-password>${PASSWORD}</source-password>
    <relay-password>${PASSWORD}</relay-password>
    <admin-user>admin</admin-user><admin-password>${PASSWORD}</admin-password>
  </authentication>
  <hostname>127.0.0.1</hostname>
  <listen-socket><port>${port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
  <paths>
    <logdir>${logs}</logdir>
    <webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot>
  </paths>
  <logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog></logging>
</icecast>`;
}
