import type { InputProblem, StreamDefinition } from '@weir/domain';
import { CsvError, parse } from 'csv-parse/sync';
import { inputError } from '../problem/validation.problems';
import { STREAM_FIELDS } from '../streams/stream.rules';
import { parseCell } from './csv.cell';
import type { ImportRecord } from './import.record';
import { splitLines } from './line.splitter';
import type { Line } from './line.splitter';

type Column = keyof StreamDefinition;
type Cells = { readonly cells: readonly string[] } | { readonly problem: string };

/**
 * CSV with a header that names the columns; empty cells are not given. Each record is one line, so
 * that a quote which is not closed costs that line and none of those after it.
 * @throws DomainError INVALID_INPUT when the header cannot be used
 */
export async function* readCsv(body: AsyncIterable<Buffer>): AsyncGenerator<ImportRecord> {
  let columns: readonly Column[] | undefined;
  for await (const line of splitLines(body)) {
    if (line.text !== null && line.text.trim() === '') continue;
    if (columns) yield readLine(line, columns);
    else columns = readHeader(line);
  }
}

function readHeader(line: Line): Column[] {
  const split = splitCells(line);
  if ('problem' in split) throw inputError([{ path: 'line 1', message: split.problem }]);
  const names = split.cells.map((cell) => cell.trim());
  const known: ReadonlySet<string> = new Set(STREAM_FIELDS);
  const complain = (message: string) => ({ path: `line ${line.number}`, message });
  const problems = [
    ...names.filter((name) => !known.has(name)).map((name) => complain(`no column is ${name}`)),
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => complain(`column ${name} comes twice`)),
    ...['name', 'source']
      .filter((name) => !names.includes(name))
      .map((name) => complain(`a column ${name} is required`)),
  ];
  if (problems.length > 0) throw inputError(problems);
  return names as Column[];
}

function readLine(line: Line, columns: readonly Column[]): ImportRecord {
  const split = splitCells(line);
  if ('problem' in split) return refuse(line, [{ path: '', message: split.problem }]);
  const { cells } = split;
  const name = cells[columns.indexOf('name')];
  if (cells.length !== columns.length) {
    const message = `has ${cells.length} cells, the header has ${columns.length}`;
    return refuse(line, [{ path: '', message }], name);
  }
  const problems: InputProblem[] = [];
  const fields: Partial<Record<Column, unknown>> = {};
  columns.forEach((column, index) => {
    const cell = cells[index] ?? '';
    if (cell === '') return;
    const parsed = parseCell(column, cell);
    if ('problem' in parsed) problems.push(parsed.problem);
    else fields[column] = parsed.value;
  });
  if (problems.length > 0) return refuse(line, problems, name);
  return { line: line.number, fields };
}

function refuse(line: Line, problems: readonly InputProblem[], name?: string): ImportRecord {
  return { line: line.number, problems, ...(name !== undefined && name !== '' && { name }) };
}

/** Lines are split already: without its delimiter named, each one would be searched for one. */
const CSV_OPTIONS = { relax_column_count: true, record_delimiter: '\n' };

const PROBLEM_BY_CODE: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'has a quote that is not closed on its line',
  CSV_INVALID_CLOSING_QUOTE: 'has text after a closing quote',
  INVALID_OPENING_QUOTE: 'has a quote inside a cell that does not begin with one',
};

function splitCells({ text, problem }: Line): Cells {
  if (text === null) return { problem: problem ?? 'cannot be read' };
  try {
    const rows: string[][] = parse(text.replace(/\r$/, ''), CSV_OPTIONS);
    return { cells: rows[0] ?? [] };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { problem: PROBLEM_BY_CODE[error.code] ?? 'is not CSV' };
  }
}
