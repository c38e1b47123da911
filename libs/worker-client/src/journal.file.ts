import { mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Journal } from './client.journal';

/**
 * Appends each entry as one line, synchronously: what is written before an effect must be in the
 * file when the effect happens, even if the process is killed right after.
 * @throws when the file cannot be opened.
 */
export function createFileJournal(path: string): Journal {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a', 0o640);
  return (entry) => {
    writeSync(file, `${JSON.stringify({ ...entry, at: String(entry.at) })}\n`);
  };
}
