import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Which build runs; every part of Weir carries the same version. */
export interface BuildInfo {
  readonly version: string;
  readonly nodeVersion: string;
}

export function readBuildInfo(): BuildInfo {
  // The package file is one folder up from the sources as well as from the compiled code.
  const text = readFileSync(join(__dirname, '..', 'package.json'), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return { version, nodeVersion: process.versions.node };
}
