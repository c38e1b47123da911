// What `npm start` and `npm test` need before anything of the workspace can be imported: installed
// dependencies and built libraries. Plain Node, no dependency.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const nodeModules = join(root, 'node_modules');
const installedMark = join(nodeModules, '.weir-installed');

/** Nx without its daemon and without any service of others. */
export const nxEnvironment = {
  ...process.env,
  NX_DAEMON: 'false',
  NX_NO_CLOUD: 'true',
  NX_TUI: 'false',
};

/**
 * The Node.js that the workspace brings along where its platform has one, else the one that runs
 * this.
 */
export function nodeProgram() {
  const own = join(nodeModules, '.bin', 'node');
  return existsSync(own) ? own : process.execPath;
}

/** @throws Error with what to do when this Node.js is too old. */
export function assertNodeVersion() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(
    `Weir needs Node.js 20.19 or newer; this is ${process.versions.node}. Install a newer one from https://nodejs.org`,
  );
}

/** True when node_modules is what package-lock.json says. */
export function isInstalled() {
  return existsSync(installedMark) && readFileSync(installedMark, 'utf8') === lockHash();
}

/**
 * Installs the locked dependencies when they are not there. @returns what was done, for the report.
 */
export async function install(onOutput) {
  if (isInstalled()) return 'dependencies are installed';
  await run('npm', ['ci', '--no-audit', '--no-fund'], { onOutput });
  mkdirSync(nodeModules, { recursive: true });
  writeFileSync(installedMark, lockHash());
  return 'dependencies installed';
}

/** Builds projects that changed since they were built (Nx knows). */
export async function build(projects, onOutput) {
  const args = [
    join(nodeModules, 'nx', 'dist', 'bin', 'nx.js'),
    'run-many',
    '-t',
    'build',
    '--output-style=static',
  ];
  if (projects.length > 0) args.push(`--projects=${projects.join(',')}`);
  await run(nodeProgram(), args, { env: nxEnvironment, onOutput });
}

/** Runs a program to its end. @throws Error with its last output when it fails. */
export function run(program, args, { env = process.env, onOutput } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let tail = '';
    const take = (chunk) => {
      tail = (tail + chunk).slice(-4_000);
      onOutput?.(String(chunk));
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}:\n${tail.trimEnd()}`));
    });
  });
}

/** Runs a program with this terminal. @returns its exit code. */
export function runAttached(program, args, env = process.env) {
  const { status } = spawnSync(program, args, {
    cwd: root,
    env,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  return status ?? 1;
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}
