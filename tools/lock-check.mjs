#!/usr/bin/env node
/**
 * Is package-lock.json complete? npm leaves an optional package of another platform out of the
 * lockfile when the registry it asked did not have it, and `npm ci` then refuses the lockfile
 * everywhere.
 *
 *   node tools/lock-check.mjs [--check] [LOCKFILE]   lists what is missing; exit code 1 if anything
 * is
 *   node tools/lock-check.mjs --write [LOCKFILE]     adds it: name, version and platform, no hash
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'sunos'];
const systemAliases = { openharmony: 'openharmony', win32: 'win32', windows: 'win32' };
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x'];
const processorAliases = { x64: 'x64', x86: 'ia32', ppc64le: 'ppc64', wasm32: 'wasm32' };

/** Node looks for a package beside its user first, then one folder further out, up to the root. */
function foldersAround(user) {
  const around = [user];
  for (let folder = user; folder !== ''; around.push(folder)) {
    folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0));
  }
  return around;
}

function isInstalled(packages, user, name) {
  return foldersAround(user).some((folder) => {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    return packages[place] !== undefined;
  });
}

/** Every optional dependency in the lockfile that resolves to no entry, as {user, name, range}. */
function missingFrom(packages) {
  return Object.entries(packages).flatMap(([user, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => !isInstalled(packages, user, name))
      .map(([name, range]) => ({ user, name, range })),
  );
}

/** The entry for a package that only its own platform installs; the platform stands in its name. */
function entryFor({ user, name, range }, packages) {
  const version = /\d+\.\d+\.\d+.*/.exec(range)?.[0];
  if (version === undefined) throw new Error(`${name}: "${range}" does not name one version`);
  const words = name.split(/[/_-]/);
  const os = words.map((word) => systemAliases[word] ?? word).find(isSystem);
  const cpu = words.map((word) => processorAliases[word] ?? word).find(isProcessor);
  return {
    version,
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(packages[user].dev === true ? { dev: true } : {}),
    optional: true,
    ...(os === undefined ? {} : { os: [os] }),
  };
}

function isSystem(word) {
  return systems.includes(word) || Object.values(systemAliases).includes(word);
}

function isProcessor(word) {
  return processors.includes(word) || Object.values(processorAliases).includes(word);
}

function write(path, lock, missing) {
  for (const item of missing) {
    lock.packages[`node_modules/${item.name}`] ??= entryFor(item, lock.packages);
  }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(
    path,
    `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`,
  );
}

const options = process.argv.slice(2);
const beside = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const path = options.find((option) => !option.startsWith('--')) ?? beside;
const lock = JSON.parse(readFileSync(path, 'utf8'));
const missing = missingFrom(lock.packages);

if (options.includes('--write')) {
  write(path, lock, missing);
  console.log(`${missing.length} added to ${path}`);
} else {
  for (const { user, name, range } of missing) {
    console.log(`missing ${name}@${range}, optional for ${user === '' ? 'the root' : user}`);
  }
  if (missing.length === 0) console.log('package-lock.json is complete');
  else console.log('add what is missing: node tools/lock-check.mjs --write');
  process.exitCode = missing.length === 0 ? 0 : 1;
}
