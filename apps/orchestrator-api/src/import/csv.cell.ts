import { DomainError } from '@weir/domain';
import type { InputProblem, StreamDefinition } from '@weir/domain';
import { parseJsonBody } from '../http/json.parser';

/** The value of a cell, or what is wrong with it. */
export type Cell = { readonly value: unknown } | { readonly problem: InputProblem };

type CellParser = (cell: string, path: string) => Cell;

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

const asText: CellParser = (cell) => ({ value: cell });

/** What is no number becomes NaN, which the field's own rule refuses. */
const asNumber: CellParser = (cell) => ({ value: NUMBER.test(cell) ? Number(cell) : Number.NaN });

const asFlag: CellParser = (cell) => {
  const word = cell.toLowerCase();
  return { value: word === 'true' || word === 'false' ? word === 'true' : cell };
};

/** `zone=eu;tier=1` */
const asLabels: CellParser = (cell, path) => {
  const pairs = cell.split(';').map((pair) => pair.split('=').map((part) => part.trim()));
  if (pairs.every((pair) => pair.length === 2)) return { value: Object.fromEntries(pairs) };
  return { problem: { path, message: 'must be of the form label=value;label=value' } };
};

/** `cpuCores=0.5;memoryMb=512` */
const asAmounts: CellParser = (cell, path) => {
  const read = asLabels(cell, path);
  if ('problem' in read) {
    return { problem: { path, message: 'must be of the form resource=number;resource=number' } };
  }
  const amounts = Object.entries(read.value as Record<string, string>).map(([name, amount]) => {
    return [name, NUMBER.test(amount) ? Number(amount) : Number.NaN];
  });
  return { value: Object.fromEntries(amounts) as unknown };
};

const asJson: CellParser = (cell, path) => {
  try {
    return { value: parseJsonBody(cell) };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { problem: { path, message: 'must be a JSON object' } };
  }
};

const PARSERS: Record<keyof StreamDefinition, CellParser> = {
  name: asText,
  source: asText,
  weight: asNumber,
  resources: asAmounts,
  moveCost: asNumber,
  priority: asNumber,
  exclusive: asFlag,
  autonomyMs: asNumber,
  requires: asLabels,
  avoid: asLabels,
  spreadGroup: asText,
  enabled: asFlag,
  config: asJson,
};

/** Reads the text of a cell as its column is meant. */
export function parseCell(column: keyof StreamDefinition, cell: string): Cell {
  return PARSERS[column](cell, column);
}
