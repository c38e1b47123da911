/** Columns as wide as their widest cell, two spaces apart; no spaces at the ends of lines. */
export function toTable(rows: readonly (readonly string[])[], indent = ''): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows.map((row) =>
    `${indent}${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd(),
  );
}

/** Words in lines of at most 100 columns. */
export function wrap(words: string, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (indent.length + longer.length > 100 && line !== '') {
      lines.push(indent + line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, indent + line];
}

/** `7.5` for 7.5, `7` for 7: at most two decimals. */
export function toNumber(value: number): string {
  return String(Number(value.toFixed(2)));
}

/** `42.5 %` for 0.425. */
export function toPercent(share: number): string {
  return `${(share * 100 + 0).toFixed(1).replace('-0.0', '0.0')} %`;
}

/** `2.5 points` of capacity for 0.025. */
export function toPoints(share: number): string {
  return `${(share * 100 + 0).toFixed(1).replace('-0.0', '0.0')} points`;
}

/** 20 characters for 100 %; what is above that is cut off. */
export function toBar(share: number): string {
  const filled = Math.min(20, Math.max(share > 0 ? 1 : 0, Math.round(share * 20)));
  return '█'.repeat(filled) + '·'.repeat(20 - filled);
}
