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

/** Who makes this request: for hooks and interceptors of routes that require a key. */
export function getCaller(request: HttpRequest): Caller {
  const caller = callers.get(request);
  invariant(caller, 'only a route that requires a key has a caller');
  return caller;
}

/** Injects the `Caller` into a handler of a route that requires a key. */
export const WithCaller = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  getCaller(context.switchToHttp().getRequest<HttpRequest>()),
);
