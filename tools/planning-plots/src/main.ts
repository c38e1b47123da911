import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { renderBlock, replaceBlock } from './document/generated.block';
import { drawPlot } from './drawing/plot.svg';
import { studies } from './study.list';

const docs = resolve(__dirname, '../../../docs');
const document = join(docs, 'PLANNING.md');

/** Runs every study, writes its plot, and its figures into the document. */
function main(): void {
  mkdirSync(join(docs, 'plots'), { recursive: true });
  for (const { name, run } of studies) {
    process.stderr.write(`${name} ...\n`);
    const finding = run();
    writeFileSync(join(docs, 'plots', `${name}.svg`), drawPlot(finding.view));
    const text = readFileSync(document, 'utf8');
    writeFileSync(document, replaceBlock(text, name, renderBlock(name, finding)));
  }
}

main();
