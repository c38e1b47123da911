/** One text file of the repository, by its path from the root with `/` between the parts. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** One thing that is wrong, at a 1-based line of a file. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/**
 * One rule about the repository: a pure function of its files. It is given all files at once,
 * because some rules compare files with one another.
 */
export interface TidyRule {
  readonly name: string;
  readonly check: (files: readonly SourceFile[]) => Finding[];
}

/** `path:line message`, the form that terminals and editors turn into a link. */
export function formatFinding(rule: string, finding: Finding): string {
  return `${finding.path}:${finding.line} ${finding.message} (${rule})`;
}
