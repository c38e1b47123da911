import type { Role } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import { hashKey, parseKey } from './api-key';

/** A stored key, as the guard needs it. */
export interface StoredKey {
  readonly keyId: number;
  readonly role: Role;
  /** Bound to one fleet, or null for all. */
  readonly fleetId: number | null;
  /** Bound to these serverIds (see matchesServerId), or null for all. */
  readonly serverIds: readonly string[] | null;
  readonly secretHash: Buffer;
}

/** The key with that prefix, unless it was revoked. */
export async function findKeyByPrefix(
  sql: SqlSession,
  prefix: string,
): Promise<StoredKey | undefined> {
  const rows = await sql.query<StoredKey>(
    `select key_id as "keyId", role, fleet_id as "fleetId", server_ids as "serverIds",
       secret_hash as "secretHash"
     from api_keys where prefix = $1 and revoked_at is null`,
    [prefix],
  );
  return rows[0];
}

/** Notes when keys were used; called every few seconds with those seen since. */
export async function touchKeys(sql: SqlSession, keyIds: readonly number[]): Promise<void> {
  await sql.query('update api_keys set last_used_at = weir_now() where key_id = any($1)', [keyIds]);
}

/**
 * Stores a key that was made elsewhere (the first keys of an installation). Does nothing when it is
 * there already.
 * @throws Error when `key` is not of Weir's form or has another role.
 */
export async function storeKey(
  sql: SqlSession,
  name: string,
  role: Role,
  key: string,
): Promise<void> {
  const parsed = parseKey(key);
  if (!parsed || parsed.role !== role) {
    throw new Error(
      `the ${role} key is not of the form weir_${role}_<12 hex digits>_<43 characters>`,
    );
  }
  await sql.query(
    `insert into api_keys (name, role, prefix, secret_hash) values ($1, $2, $3, $4)
     on conflict (prefix) do nothing`,
    [name, role, parsed.prefix, hashKey(key)],
  );
}

/** True when no usable key exists: a fresh installation. */
export async function hasNoKeys(sql: SqlSession): Promise<boolean> {
  const rows = await sql.query('select 1 from api_keys where revoked_at is null limit 1');
  return rows.length === 0;
}
