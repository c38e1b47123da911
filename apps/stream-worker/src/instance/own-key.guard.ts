import { createHash, timingSafeEqual } from 'node:crypto';
import { ForbiddenException, Injectable, UnauthorizedException } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { InstanceSection } from './instance.section';

interface RequestWithHeaders {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Lets those in who hold a key that this instance was given itself. It has no database to look
 * others up in, and asking the API for each scrape would make metrics depend on what they watch.
 */
@Injectable()
export class OwnKeyGuard implements CanActivate {
  private readonly digests: readonly Buffer[];

  constructor({ key, viewerKey }: InstanceSection) {
    const keys = [key, viewerKey].filter((secret) => secret !== undefined);
    this.digests = keys.map((secret) => digest(secret.reveal()));
  }

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<RequestWithHeaders>();
    const { authorization } = headers;
    const given = typeof authorization === 'string' ? /^Bearer (.+)$/i.exec(authorization) : null;
    if (given?.[1] === undefined) throw new UnauthorizedException('a key is needed');
    const offered = digest(given[1]);
    const matches = this.digests.filter((known) => timingSafeEqual(known, offered));
    if (matches.length === 0) throw new ForbiddenException('not a key of this instance');
    return true;
  }
}

/** Of equal length, whatever the keys are: that is what comparing in constant time needs. */
function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
