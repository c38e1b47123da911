import { AsyncLocalStorage } from 'node:async_hooks';

export interface RequestContext {
  readonly requestId: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work` so that everything it logs, now or later, carries the id of the request. */
export function runInRequest<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** The request that the current code answers, or undefined outside of one. */
export function findRequestContext(): RequestContext | undefined {
  return storage.getStore();
}
