import type { CompiledSource } from './source.compiler';
import type { Execution, Frame } from './sql.scope';

/** The row of a left join that found nothing: every column of it is null. */
const NOTHING: readonly never[] = [];

/** Every combination of rows of the sources that fulfils their conditions. */
export function readJoin(
  sources: readonly CompiledSource[],
  execution: Execution,
  outer: Frame | undefined,
): Frame[] {
  const found: Frame[] = [];
  const frame = newFrame(execution, outer);
  const descend = (slot: number): void => {
    const source = sources[slot];
    if (!source) {
      found.push({ ...frame, rows: [...frame.rows], tuples: [...frame.tuples] });
      return;
    }
    let hasMatch = false;
    for (const { values, tuple } of source.read(frame)) {
      frame.rows[slot] = values;
      frame.tuples[slot] = tuple;
      if (!source.on.every((condition) => condition(frame) === true)) continue;
      hasMatch = true;
      if (source.filters.every((condition) => condition(frame) === true)) descend(slot + 1);
    }
    if (hasMatch || !source.isLeft) return;
    frame.rows[slot] = NOTHING;
    frame.tuples[slot] = undefined;
    if (source.filters.every((condition) => condition(frame) === true)) descend(slot + 1);
  };
  descend(0);
  return found;
}

export function newFrame(execution: Execution, outer: Frame | undefined): Frame {
  return { rows: [], tuples: [], outer, execution, aggregates: [], windows: [] };
}

/** Whether the conditions still hold when rows were replaced by newer versions of them. */
export function stillMatches(sources: readonly CompiledSource[], frame: Frame): boolean {
  return sources.every(
    (source, slot) =>
      (frame.rows[slot] === NOTHING || source.on.every((condition) => condition(frame) === true)) &&
      source.filters.every((condition) => condition(frame) === true),
  );
}
