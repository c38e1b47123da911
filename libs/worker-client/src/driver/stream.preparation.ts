import type { Assignment } from '@weir/domain';
import type { StreamContext, StreamHandler } from '../stream.handler';
import type { ClientRuntime } from './client.runtime';

export interface PreparationParts {
  readonly handler: StreamHandler;
  readonly runtime: ClientRuntime;
  readonly prepareTimeoutMs: number;
}

/**
 * Has a stream warmed up, in bounded time: the start that follows must not wait for it for ever.
 * @throws what the handler throws, or that it took too long; its signal is aborted then
 */
export async function runPreparation(
  { handler, runtime, prepareTimeoutMs }: PreparationParts,
  assignment: Assignment,
  held: { readonly context: StreamContext; readonly controller: AbortController },
): Promise<void> {
  if (!handler.prepare) return;
  let cancel: () => void = () => undefined;
  const limit = new Promise<never>((_, reject) => {
    cancel = runtime.after(prepareTimeoutMs, () => {
      const error = new Error(`the preparation took longer than ${prepareTimeoutMs} ms`);
      held.controller.abort(error);
      reject(error);
    });
  });
  try {
    await Promise.race([handler.prepare(assignment, held.context), limit]);
  } finally {
    cancel();
  }
}
