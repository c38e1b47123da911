/** What a key may do. An operator may do what a viewer may; an instance only its own part. */
export type Role = 'instance' | 'operator' | 'viewer';

export const ROLES: readonly Role[] = ['instance', 'operator', 'viewer'];

/** True when a key of role `held` may make a call that needs role `needed`. */
export function roleAllows(held: Role, needed: Role): boolean {
  if (held === needed) return true;
  return held === 'operator' && needed === 'viewer';
}
