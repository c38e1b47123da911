/**
 * What is checked in is what the studies say. After a wanted change of the planner or of a study:
 * `npm run plots:planning` at the root writes docs/plots and the blocks of docs/PLANNING.md anew.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findBlock, renderBlock } from './document/generated.block';
import { drawPlot } from './drawing/plot.svg';
import { escapeXml } from './drawing/text.lines';
import { headroomStudy } from './studies/headroom.study';
import { studies } from './study.list';

const docs = resolve(__dirname, '../../../docs');
const document = readFileSync(join(docs, 'PLANNING.md'), 'utf8');

function readPlot(name: string): string {
  return readFileSync(join(docs, 'plots', `${name}.svg`), 'utf8');
}

it('draws the study of headroom as it is checked in (else: npm run plots:planning)', () => {
  const finding = headroomStudy.run();
  expect(drawPlot(finding.view)).toBe(readPlot('headroom'));
  expect(findBlock(document, 'headroom')).toBe(renderBlock('headroom', finding));
});

it.each(studies.map(({ name }) => name))('has %s in the document and as a plot', (name) => {
  const title = /^!\[(.+)\]/.exec(findBlock(document, name) ?? '')?.[1] ?? 'no block';
  expect(readPlot(name)).toContain(`<title>${escapeXml(title)}</title>`);
});

it('has a study for every plot that is checked in', () => {
  const plots = readdirSync(join(docs, 'plots')).filter((file) => file.endsWith('.svg'));
  expect(plots.sort()).toEqual(studies.map(({ name }) => `${name}.svg`).sort());
});
