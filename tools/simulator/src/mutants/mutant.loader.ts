import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { join, resolve } from 'node:path';
import type { Mutant } from './mutant';

const ROOT = resolve(__dirname, '../../../..');

interface CompilingModule {
  _compile(text: string, file: string): unknown;
}

/**
 * Breaks files as they are loaded, and nowhere else: nothing of a mutant stands in what is built or
 * shipped. To be called before anything that they change is loaded.
 * @throws Error when a text to be replaced does not stand in its file exactly once.
 */
export function installMutant(mutant: Mutant): void {
  const changed = new Map<string, string>();
  for (const { file, find, replace } of mutant.replacements) {
    const path = join(ROOT, file);
    const text = changed.get(path) ?? readFileSync(path, 'utf8');
    changed.set(path, replaceOnce(text, { file, find, replace }));
  }
  const prototype = Module.prototype as unknown as CompilingModule;
  const compile = prototype._compile;
  prototype._compile = function (text, file) {
    return compile.call(this, changed.get(file) ?? text, file);
  };
}

/** @throws Error when it does not stand there exactly once. */
export function replaceOnce(
  text: string,
  {
    file,
    find,
    replace,
  }: { readonly file: string; readonly find: string; readonly replace: string },
): string {
  const parts = text.split(find);
  if (parts.length !== 2) {
    throw new Error(`${file} holds ${parts.length - 1} times, and not once: ${find}`);
  }
  return parts.join(replace);
}
