import { Injectable } from '@nestjs/common';
import { bearerKeyOf, KeyVerifier } from '@weir/database';
import { DomainError, matchesServerId, roleAllows } from '@weir/domain';
import type { Role } from '@weir/domain';
import { FleetsCache } from '../notices/fleets.cache';
import type { Caller } from './caller.decorator';

/** What of a request decides whether it is allowed. */
export interface Approach {
  readonly authorization: string | undefined;
  /** The fleet in the path; undefined when the route has none. */
  readonly fleet: string | undefined;
  /** The instance in the path; undefined when the route has none. */
  readonly serverId: string | undefined;
  readonly roles: readonly Role[];
  readonly isFleetFiltered: boolean;
}

/**
 * A key that is bound to serverIds acts for no other.
 * @throws DomainError SERVER_FORBIDDEN
 */
export function assertMayActFor({ serverIds }: Caller, serverId: string): void {
  if (serverIds === null || matchesServerId(serverIds, serverId)) return;
  throw new DomainError('SERVER_FORBIDDEN', 'this key is for other instances');
}

/** Decides who may make a request: key, role, fleet, instance, in this order. */
@Injectable()
export class Authorizer {
  constructor(
    private readonly keys: KeyVerifier,
    private readonly fleets: FleetsCache,
  ) {}

  /**
   * @throws DomainError KEY_MISSING, KEY_INVALID, ROLE_FORBIDDEN, FLEET_FORBIDDEN,
   *   SERVER_FORBIDDEN
   */
  async authorize(approach: Approach): Promise<Caller> {
    const caller = await this.identify(approach.authorization);
    if (!approach.roles.some((role) => roleAllows(caller.role, role))) {
      const needed = approach.roles.join(' or ');
      throw new DomainError('ROLE_FORBIDDEN', `this needs a key of role ${needed}`);
    }
    if (caller.fleetId !== null) await this.assertFleet(caller.fleetId, approach);
    if (approach.serverId !== undefined) assertMayActFor(caller, approach.serverId);
    return caller;
  }

  private async identify(authorization: string | undefined): Promise<Caller> {
    if (authorization === undefined) {
      throw new DomainError('KEY_MISSING', 'send Authorization: Bearer <key>');
    }
    const key = bearerKeyOf(authorization);
    const caller = key === undefined ? undefined : await this.keys.verify(key);
    if (!caller) throw new DomainError('KEY_INVALID', 'the key is unknown, revoked or malformed');
    return caller;
  }

  private async assertFleet(fleetId: number, approach: Approach): Promise<void> {
    if (approach.fleet === undefined) {
      if (approach.isFleetFiltered) return;
      throw new DomainError('FLEET_FORBIDDEN', 'this needs a key for all fleets');
    }
    const fleet = await this.fleets.find(approach.fleet);
    if (fleet?.fleetId === fleetId) return;
    throw new DomainError('FLEET_FORBIDDEN', 'this key is for another fleet');
  }
}
