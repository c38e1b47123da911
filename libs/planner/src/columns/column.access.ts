/**
 * Reads of columns at indices that are in range by construction. One function per kind of column,
 * so that each stays monomorphic and is compiled to a plain load.
 */
export function valueAt(column: Float64Array, index: number): number {
  return column[index] as number;
}

export function indexAt(column: Int32Array, index: number): number {
  return column[index] as number;
}

export function flagAt(column: Uint8Array, index: number): number {
  return column[index] as number;
}

export function addAt(column: Float64Array, index: number, amount: number): void {
  column[index] = (column[index] as number) + amount;
}

export function countAt(column: Int32Array, index: number, change: number): void {
  column[index] = (column[index] as number) + change;
}
