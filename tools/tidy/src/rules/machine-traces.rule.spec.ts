import { findingsOf } from '../sample.test-support';
import { machineTracesRule } from './machine-traces.rule';

describe('machine-traces', () => {
  it.each([
    ['see /root/notes.txt', 'a path of one machine: /root/notes.txt'],
    ["const home = '/home/alice/weir';", 'a path of one machine: /home/alice'],
    ['path=/Users/alice', 'a path of one machine: /Users/alice'],
    ['`/work/main`', 'a path of one machine: /work/main'],
    ['C:\\Users\\alice', 'a path of one machine: C:\\Users\\'],
    ['https://registry.example.com/x', 'the host of a package registry: registry.example.com'],
    ['http://eu.npm.example.com:8080/', 'the host of a package registry: eu.npm.example.com'],
    ['registry=https://example.com/', 'the setting of a package registry: registry=https:'],
  ])('finds %s', (line, message) => {
    expect(findingsOf(machineTracesRule, { 'docs/X.md': `first\n${line}\n` })).toEqual([
      `docs/X.md:2 ${message}`,
    ]);
  });

  it('finds the addresses that npm writes into a lockfile', () => {
    const text = '"resolved": "https://example.com/x.tgz"';
    expect(findingsOf(machineTracesRule, { 'package-lock.json': text })).toHaveLength(1);
  });

  it('accepts web addresses, routes and paths inside an image', () => {
    const text = 'https://www.npmjs.com/package/pg GET /v1/work /home/node/app /workers/root';
    expect(findingsOf(machineTracesRule, { 'docs/X.md': text })).toEqual([]);
  });
});
