import { findingsOf } from '../sample.test-support';
import { glossaryDocsRule } from './glossary-docs.rule';

describe('glossary-docs', () => {
  it.each([
    'Add a worker node to the fleet.',
    'The stream lock is held by one owner.',
    'It migrates the stream to another instance.',
    'A worker pool runs it.',
    'Each stream runs exactly once.',
    'Exactly-once processing.',
  ])('finds "%s"', (line) => {
    expect(findingsOf(glossaryDocsRule, { 'docs/X.md': `# X\n${line}\n` })).toHaveLength(1);
  });

  it('accepts the words of the glossary, and the denial of a promise', () => {
    const text = 'An instance of the fleet holds a lease.\nWe never say "exactly once".\n';
    expect(findingsOf(glossaryDocsRule, { 'docs/X.md': text })).toEqual([]);
  });

  it('lets the glossary name what is not said', () => {
    expect(findingsOf(glossaryDocsRule, { 'docs/GLOSSARY.md': 'worker node' })).toEqual([]);
  });
});
