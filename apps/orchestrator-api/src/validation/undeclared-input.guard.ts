import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum';
import type { HttpRequest } from '../http/fastify.types';
import { inputError } from '../problem/validation.problems';

/** Refuses query parameters and bodies on routes that take none. Those that do validate them. */
@Injectable()
export class UndeclaredInputGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const declared = declaredInputs(context);
    const problems = [
      ...(declared.hasQuery ? [] : namesOf(request.query)),
      ...(declared.hasBody ? [] : namesOf(request.body)),
    ].map((path) => ({ path, message: 'is not a known field' }));
    if (problems.length > 0) throw inputError(problems);
    return true;
  }
}

/** Nest keeps the arguments of a handler under keys of the form `type:index`. */
function declaredInputs(context: ExecutionContext): { hasQuery: boolean; hasBody: boolean } {
  const args = Reflect.getMetadata(
    ROUTE_ARGS_METADATA,
    context.getClass(),
    context.getHandler().name,
  ) as Record<string, unknown> | undefined;
  const types = new Set(Object.keys(args ?? {}).map((key) => key.split(':', 1)[0]));
  const has = (type: RouteParamtypes): boolean => types.has(String(type));
  return {
    hasQuery: has(RouteParamtypes.QUERY),
    hasBody: has(RouteParamtypes.BODY) || has(RouteParamtypes.REQUEST),
  };
}

function namesOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
