import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { Role } from '@weir/domain';

export const REQUIREMENT = 'weir:requirement';

/** What a route asks of its caller. A route without one is refused to everybody. */
export type Requirement =
  | { readonly kind: 'public' }
  /** A library's route that brings its own guard. */
  | { readonly kind: 'delegated' }
  | { readonly kind: 'key'; readonly roles: readonly Role[]; readonly isFleetFiltered: boolean };

/** Callers need a key of one of these roles (an operator may do what a viewer may). */
export function Requires(...roles: readonly [Role, ...Role[]]) {
  const requirement: Requirement = { kind: 'key', roles, isFleetFiltered: false };
  return applyDecorators(SetMetadata(REQUIREMENT, requirement), ApiBearerAuth());
}

/**
 * As Requires, for routes without a fleet in their path that show a caller with a key for one fleet
 * only what belongs to that fleet (`Caller.fleetId`). Without this such a key is refused there.
 */
export function RequiresFiltered(...roles: readonly [Role, ...Role[]]) {
  const requirement: Requirement = { kind: 'key', roles, isFleetFiltered: true };
  return applyDecorators(SetMetadata(REQUIREMENT, requirement), ApiBearerAuth());
}

/** Anybody may call it: it tells nothing and changes nothing. */
export const Public = () => SetMetadata(REQUIREMENT, { kind: 'public' } satisfies Requirement);
