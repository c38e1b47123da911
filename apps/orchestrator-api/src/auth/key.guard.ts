import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { DomainError } from '@weir/domain';
import type { HttpRequest } from '../http/fastify.types';
import { Authorizer } from './authorizer';
import { setCaller } from './caller.decorator';
import { findLibraryRequirement } from './library.routes';
import { REQUIREMENT } from './requires.decorator';
import type { Requirement } from './requires.decorator';

/** Stands in front of every route: what declares nothing is refused. */
@Injectable()
export class KeyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authorizer: Authorizer,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const requirement = this.requirementOf(context, request);
    if (requirement.kind !== 'key') return true;
    const { fleet, serverId } = request.params as { fleet?: string; serverId?: string };
    const { roles, isFleetFiltered } = requirement;
    const { authorization } = request.headers;
    setCaller(
      request,
      await this.authorizer.authorize({ authorization, fleet, serverId, roles, isFleetFiltered }),
    );
    return true;
  }

  private requirementOf(context: ExecutionContext, request: HttpRequest): Requirement {
    const declared = this.reflector.getAllAndOverride<Requirement | undefined>(REQUIREMENT, [
      context.getHandler(),
      context.getClass(),
    ]);
    const requirement = declared ?? findLibraryRequirement(request.routeOptions.url);
    if (requirement) return requirement;
    throw new DomainError('ROLE_FORBIDDEN', 'this route declares no role, so nobody may call it');
  }
}
