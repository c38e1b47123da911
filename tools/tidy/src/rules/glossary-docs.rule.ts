import { isMarkdown } from '../file-kind';
import type { TidyRule } from '../source-file';
import { findInLines } from '../text-lines';

interface Term {
  readonly pattern: RegExp;
  readonly instead: string;
}

const terms: readonly Term[] = [
  { pattern: /\b(?:worker|server|cluster) nodes?\b/i, instead: 'instance' },
  { pattern: /\bworker pools?\b/i, instead: 'fleet' },
  { pattern: /\b(?:instance|stream) locks?\b/i, instead: 'lease' },
  { pattern: /\bstream tasks?\b/i, instead: 'stream' },
  { pattern: /\bmigrat(?:es?|ed|ing|ions? of) (?:an? |the |its )?streams?\b/i, instead: 'move' },
  { pattern: /\bping(?:s|ed)? the orchestrator\b/i, instead: 'heartbeat' },
];

const onceClaim = /\bexactly[ -]once\b/i;
const denial = /\b(?:never|not|no|cannot)\b/i;

/**
 * The documents use the words of the glossary, and promise what can be kept: no system like this
 * one runs anything exactly once. The glossary itself lists the words that are not used.
 */
export const glossaryDocsRule: TidyRule = {
  name: 'glossary-docs',
  check: (files) =>
    findInLines(
      files.filter((file) => isMarkdown(file.path) && !file.path.endsWith('GLOSSARY.md')),
      (line) => {
        if (onceClaim.test(line) && !denial.test(line)) return 'a promise that nobody can keep';
        const term = terms.find(({ pattern }) => pattern.test(line));
        return term === undefined
          ? undefined
          : `"${term.pattern.exec(line)?.[0]}": ${term.instead}`;
      },
    ),
};
