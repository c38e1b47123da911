import type { InputProblem } from '@weir/domain';

/**
 * One entry of an import as its format gave it: what should define a stream, or why it cannot be
 * read. `line` counts from 1 and is where the entry begins.
 */
export type ImportRecord =
  | { readonly line: number; readonly fields: unknown }
  | { readonly line: number; readonly name?: string; readonly problems: readonly InputProblem[] };

/** Reads the entries of a body, one at a time, holding no more than one of them. */
export type ImportReader = (body: AsyncIterable<Buffer>) => AsyncIterable<ImportRecord>;

/** Longest line (or CSV record): a full config, source and labels fit several times. In bytes. */
export const LINE_MAX_BYTES = 128 * 1024;
