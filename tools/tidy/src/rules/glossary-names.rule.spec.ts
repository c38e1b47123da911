import { findingsOf } from '../sample.test-support';
import { glossaryNamesRule } from './glossary-names.rule';

const path = 'libs/x/src/x.ts';

describe('glossary-names', () => {
  it.each([
    ['const workerId = 1;', 'workerId: not "worker id" but serverId'],
    ['interface X { nodeIds: string[] }', 'nodeIds: not "node ids" but serverIds'],
    ['function runTask() {}', 'runTask: not "task" but stream or job'],
    ['class X { private streamLock = 1; }', 'streamLock: not "stream lock" but lease'],
    ['function f(fencingToken: number) {}', 'fencingToken: not "fencing token" but epoch'],
    ['const TRANSFER_STREAM = 1;', 'TRANSFER_STREAM: not "transfer stream" but move'],
    ['class LeaseManager {}', 'LeaseManager: say what it does'],
    ['class BaseFleetService {}', 'BaseFleetService: say what it does'],
    ['type StringUtils = string;', 'StringUtils: say what it does'],
    ['interface IStream {}', 'IStream: no I in front of an interface'],
  ])('finds %s', (text, message) => {
    expect(findingsOf(glossaryNamesRule, { [path]: text })).toEqual([`${path}:1 ${message}`]);
  });

  it.each(['libs/x/src/task.runner.ts', 'libs/x/src/string.utils.ts', 'apps/x/src/common.ts'])(
    'finds the file name %s',
    (name) => {
      expect(findingsOf(glossaryNamesRule, { [name]: '' })).toHaveLength(1);
    },
  );

  it('accepts the same words where they mean something else', () => {
    const text = [
      'const streamWorker = 1; const pool = 2; const rowLock = 3; const schemaVersion = 4;',
      'const treeNode = 5; interface IcyTitle {} class WorkerClient {}',
      "import { EntityManager } from 'typeorm'; const text = 'task';",
    ].join('\n');
    expect(findingsOf(glossaryNamesRule, { [path]: text })).toEqual([]);
  });
});
