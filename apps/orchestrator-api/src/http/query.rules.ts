import { DomainError } from '@weir/domain';
import { inputError } from '../problem/validation.problems';

const KEY_LIKE = /weir_(?:instance|operator|viewer)_/;

/**
 * Query parameters come once each, and never hold a key: addresses end in logs and histories.
 * @throws DomainError INVALID_INPUT, KEY_INVALID
 */
export function assertPlainQuery(query: unknown): void {
  if (typeof query !== 'object' || query === null) return;
  const entries = Object.entries(query as Record<string, unknown>);
  if (entries.length === 0) return;
  if (entries.some(([name, value]) => KEY_LIKE.test(`${name} ${String(value)}`))) {
    throw new DomainError('KEY_INVALID', 'a key is taken in the Authorization header only');
  }
  const repeated = entries.filter(([, value]) => Array.isArray(value));
  if (repeated.length === 0) return;
  throw inputError(repeated.map(([path]) => ({ path, message: 'may be given only once' })));
}
