import type { Finding, SourceFile } from './source-file';

/** Collects a message for every line that `judge` objects to. */
export function findInLines(
  files: readonly SourceFile[],
  judge: (line: string, file: SourceFile) => string | undefined,
): Finding[] {
  return files.flatMap((file) =>
    file.text.split('\n').flatMap((text, index) => {
      const message = judge(text, file);
      return message === undefined ? [] : [{ path: file.path, line: index + 1, message }];
    }),
  );
}

/** The 1-based line of a character offset. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
