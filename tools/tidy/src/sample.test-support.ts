import type { SourceFile, TidyRule } from './source-file';

/** Files for a rule to judge, from path to text. */
export function sampleFiles(texts: Readonly<Record<string, string>>): SourceFile[] {
  return Object.entries(texts).map(([path, text]) => ({ path, text }));
}

/** What `rule` finds in the samples, as `path:line message`. */
export function findingsOf(rule: TidyRule, texts: Readonly<Record<string, string>>): string[] {
  return rule
    .check(sampleFiles(texts))
    .map(({ path, line, message }) => `${path}:${line} ${message}`);
}
