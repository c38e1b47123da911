import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ProgramOptions } from './program.process';
import type { RedisProgram } from './redis.kind';

/** How to run one kind of Redis. */
export type RedisLaunch = Pick<ProgramOptions, 'file' | 'args' | 'input' | 'env'>;

interface RedisSettings {
  readonly port: number;
  readonly password: string | undefined;
  readonly dir: string;
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * A native server reads its configuration from standard input (`-`), so that the password appears
 * neither in the list of processes nor in a file.
 */
export function nativeLaunch(program: RedisProgram, options: RedisSettings): RedisLaunch {
  const settings: Record<string, string> = {
    bind: '127.0.0.1',
    port: String(options.port),
    dir: options.dir,
    daemonize: 'no',
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    // A queue must fail to grow rather than lose jobs that were accepted.
    'maxmemory-policy': 'noeviction',
    ...(options.password === undefined ? {} : { requirepass: options.password }),
    ...options.settings,
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key} ${quote(value)}\n`);
  return { file: program.file, args: ['-'], input: lines.join('') };
}

/** A value as redis.conf wants it: quotes, backslashes and control characters escaped. */
function quote(value: string): string {
  const escaped = value.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r');
  return `"${escaped}"`;
}

/**
 * The server of the npm package in a Node.js process of its own, so that it can be killed and
 * started again like a native one. Its script is plain JavaScript: it runs the same from the
 * sources and from the build.
 */
export function scriptLaunch(options: RedisSettings): RedisLaunch {
  return {
    file: process.execPath,
    args: [join(__dirname, 'js-redis.program.cjs')],
    input: JSON.stringify({ port: options.port, password: options.password }),
    // The options of this process (an inspector, say) are not meant for that one.
    env: { ...process.env, NODE_OPTIONS: '' },
  };
}

/** Version of the installed npm package. */
export async function readScriptVersion(): Promise<string> {
  const root = dirname(dirname(require.resolve('js-redis-server')));
  const manifest = await readFile(join(root, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
