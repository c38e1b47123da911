import { DomainError } from '@weir/domain';
import type { Role } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import { createKey, hashKey, parseKey } from '../keys/api-key';
import { toIso, toPage } from './page';
import type { Page, PageRequest } from './page';

/** A key as operators see it: everything but its secret. */
export interface KeyView {
  readonly keyId: string;
  readonly name: string;
  readonly role: Role;
  /** The one fleet it is for, or null for all. */
  readonly fleet: string | null;
  /** Role `instance`: the serverIds it may act for, or null for all. */
  readonly serverIds: string[] | null;
  /** The part of the key that is no secret, to recognise it by. */
  readonly prefix: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

interface KeyViewRow extends Omit<KeyView, 'createdAt' | 'lastUsedAt' | 'revokedAt'> {
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

const COLUMNS = `
  k.key_id::text as "keyId", k.name, k.role, k.prefix, k.server_ids as "serverIds", k.created_at as "createdAt",
  k.last_used_at as "lastUsedAt", k.revoked_at as "revokedAt",
  (select f.name from fleets f where f.fleet_id = k.fleet_id) as fleet`;

/** Keys in the order in which they were made, revoked ones included. The cursor is a key id. */
export async function listKeys(sql: SqlSession, page: PageRequest): Promise<Page<KeyView>> {
  const rows = await sql.query<KeyViewRow>(
    `select ${COLUMNS} from api_keys k where k.key_id > $1 order by k.key_id limit $2`,
    [page.after ?? '0', page.limit + 1],
  );
  return toPage(rows, page.limit, { toItem: toView, cursorOf: (row) => row.keyId });
}

/** The name of a key, for what is noted about who asked for something. */
export async function findKeyName(sql: SqlSession, keyId: number): Promise<string | undefined> {
  const rows = await sql.query<{ name: string }>('select name from api_keys where key_id = $1', [
    keyId,
  ]);
  return rows[0]?.name;
}

/** What a new key is for. */
export interface NewKey {
  readonly name: string;
  readonly role: Role;
  readonly fleetId: number | null;
  readonly serverIds: readonly string[] | null;
}

/**
 * Makes a key and stores its hash. A repetition after a lost answer finds its own row again.
 * @returns the key beside its view: nobody can read it again.
 */
export async function issueKey(
  sql: SqlSession,
  request: NewKey,
): Promise<KeyView & { readonly key: string }> {
  const key = createKey(request.role);
  const rows = await sql.query<KeyViewRow>(
    `insert into api_keys as k (name, role, fleet_id, server_ids, prefix, secret_hash)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (prefix) do update set name = excluded.name
     where k.secret_hash = excluded.secret_hash
     returning ${COLUMNS}`,
    [
      request.name,
      request.role,
      request.fleetId,
      request.serverIds,
      parseKey(key)?.prefix,
      hashKey(key),
    ],
  );
  return { ...toView(rows[0] as KeyViewRow), key };
}

/** Revokes a key for good; revoking it again changes nothing. @throws DomainError KEY_UNKNOWN */
export async function revokeKey(sql: SqlSession, keyId: string): Promise<void> {
  const rows = await sql.query(
    `update api_keys set revoked_at = coalesce(revoked_at, weir_now())
     where key_id = $1 returning key_id`,
    [keyId],
  );
  if (rows.length === 0) throw new DomainError('KEY_UNKNOWN', `no key ${keyId}`);
}

function toView(row: KeyViewRow): KeyView {
  return {
    ...row,
    createdAt: toIso(row.createdAt),
    lastUsedAt: toIso(row.lastUsedAt),
    revokedAt: toIso(row.revokedAt),
  };
}
