import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { invariant } from '@weir/domain';
import type { VerifiedKey } from '@weir/database';
import type { HttpRequest } from '../http/fastify.types';

/** Who calls: the key's id, role and the one fleet that it may touch, or null for all. */
export type Caller = VerifiedKey;

const callers = new WeakMap<HttpRequest, Caller>();

/** Notes who makes this request, once it is known. */
export function setCaller(request: HttpRequest, caller: Caller): void {
  callers.set(request, caller);
}

/** Injects the `Caller` into a handler of a route that requires a key. */
export const WithCaller = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const caller = callers.get(context.switchToHttp().getRequest<HttpRequest>());
  invariant(caller, 'a route that uses WithCaller must require a key');
  return caller;
});
