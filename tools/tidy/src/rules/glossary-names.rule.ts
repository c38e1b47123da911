import { posix } from 'node:path';
import ts from 'typescript';
import { isCode } from '../file-kind';
import { declaredNameOf, wordsOf } from '../identifier-words';
import type { Finding, SourceFile, TidyRule } from '../source-file';
import { findInSyntax } from '../syntax';

/**
 * Words that the glossary replaces, as far as they can be told from their other meanings. Two words
 * stand for one right after the other. Not here: `pool` of connections, `lock` of a row, `version`
 * of a program, `node` of a tree.
 */
const replacements: Readonly<Record<string, string>> = {
  task: 'stream or job',
  tasks: 'streams or jobs',
  'worker id': 'serverId',
  'worker ids': 'serverIds',
  'worker node': 'instance',
  'worker pool': 'fleet',
  'worker status': 'instance status',
  'node id': 'serverId',
  'node ids': 'serverIds',
  'cluster id': 'fleetId',
  'fleet pool': 'fleet',
  'instance pool': 'fleet',
  'channel id': 'streamId',
  'stream lock': 'lease',
  'lease lock': 'lease',
  'owner version': 'epoch',
  'assignment version': 'epoch or revision',
  'fencing token': 'epoch',
  'ping interval': 'heartbeatInterval',
  'stream migration': 'move',
  'stream transfer': 'move',
  'migrate stream': 'move',
  'transfer stream': 'move',
};

/** Words that say nothing about what the code does. */
const emptyWords = /(?:Manager|Helpers?|Utils?)$|^Base\w*Service$/;
const emptyFileWords = new Set(['manager', 'helper', 'helpers', 'util', 'utils', 'common', 'misc']);

/** One word per thing, in names of files and in what the code declares. */
export const glossaryNamesRule: TidyRule = {
  name: 'glossary-names',
  check: (files) => [
    ...files.filter((file) => isCode(file.path)).flatMap(fileNameFindings),
    ...findInSyntax(files, (node) => {
      const name = declaredNameOf(node);
      return name === undefined ? undefined : (replacementFor(name) ?? emptyNameOf(node, name));
    }),
  ],
};

function fileNameFindings(file: SourceFile): Finding[] {
  const name = posix.basename(file.path);
  const empty = wordsOf(name).find((word) => emptyFileWords.has(word));
  const message =
    replacementFor(name) ?? (empty === undefined ? undefined : `"${empty}" says nothing: ${name}`);
  return message === undefined ? [] : [{ path: file.path, line: 1, message }];
}

function replacementFor(name: string): string | undefined {
  const words = ` ${wordsOf(name).join(' ')} `;
  const found = Object.keys(replacements).find((term) => words.includes(` ${term} `));
  return found === undefined ? undefined : `${name}: not "${found}" but ${replacements[found]}`;
}

function emptyNameOf(node: ts.Node, name: string): string | undefined {
  const isType =
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node);
  if (isType && emptyWords.test(name)) return `${name}: say what it does`;
  const isPrefixed = ts.isInterfaceDeclaration(node) && /^I[A-Z][a-z]/.test(name);
  return isPrefixed ? `${name}: no I in front of an interface` : undefined;
}
