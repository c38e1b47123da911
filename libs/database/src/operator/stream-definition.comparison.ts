import { isDeepStrictEqual } from 'node:util';
import type { StreamDefinition } from '@weir/domain';
import type { StreamField } from './stream-effect';

const PLAIN_FIELDS = [
  'name',
  'weight',
  'resources',
  'moveCost',
  'priority',
  'exclusive',
  'autonomyMs',
  'requires',
  'avoid',
  'spreadGroup',
  'enabled',
  'config',
] as const satisfies readonly StreamField[];

/**
 * The fields in which two definitions differ; the order of keys in objects does not matter.
 * @param isSourceSame decided by the caller, because one side knows its source only sealed.
 */
export function compareDefinitions(
  current: StreamDefinition,
  next: StreamDefinition,
  isSourceSame: boolean,
): StreamField[] {
  const plain = PLAIN_FIELDS.filter((field) => !isDeepStrictEqual(current[field], next[field]));
  return isSourceSame ? plain : [...plain, 'source'];
}
