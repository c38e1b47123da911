import {
  ForbiddenException,
  Injectable,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { roleAllows } from '@weir/domain';
import { DatabaseUnavailableError } from '../resilience/database-unavailable.error';
import { bearerKeyOf } from './bearer';
import { KeyVerifier } from './key.verifier';

interface RequestWithHeaders {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Asks for a key with the viewer role that is not bound to one fleet: what it stands in front of
 * (metrics, detailed health) tells of all. To be provided as the OPERATIONAL_GUARD of a service.
 */
@Injectable()
export class KeyOperationalGuard implements CanActivate {
  constructor(private readonly keys: KeyVerifier) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { headers } = context.switchToHttp().getRequest<RequestWithHeaders>();
    const key = bearerKeyOf(headers['authorization']);
    const caller = key === undefined ? undefined : await this.verify(key);
    if (!caller) throw new UnauthorizedException('a good API key is needed');
    if (!roleAllows(caller.role, 'viewer') || caller.fleetId !== null) {
      throw new ForbiddenException('a viewer key for all fleets is needed');
    }
    return true;
  }

  private async verify(key: string): ReturnType<KeyVerifier['verify']> {
    try {
      return await this.keys.verify(key);
    } catch (error) {
      if (!(error instanceof DatabaseUnavailableError)) throw error;
      throw new ServiceUnavailableException('the key cannot be looked up now', { cause: error });
    }
  }
}
