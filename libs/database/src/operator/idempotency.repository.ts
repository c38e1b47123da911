import type { SqlSession } from '../connection/sql-session';

/** A write that a caller may repeat: whose it is, what the caller calls it, and what it says. */
export interface IdempotentRequest {
  readonly keyId: number;
  readonly idempotencyKey: string;
  /** Of method, path and body. */
  readonly requestHash: Buffer;
}

export interface StoredAnswer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * claimed: the caller is to do the work and then complete or abandon it. busy: somebody else is
 * doing it. mismatch: the name was used for another request.
 */
export type IdempotencyClaim =
  | { readonly kind: 'claimed' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'answered'; readonly answer: StoredAnswer };

/** A claim older than this belongs to a process that is gone; requests take far less. In ms. */
const CLAIM_TTL_MS = 60_000;
/** How long an answer can be repeated. In hours. */
const ANSWER_TTL_HOURS = 24;
/** Old answers taken out at once. */
const PRUNE_BATCH = 1_000;

/**
 * Claims a request, or says what became of it. Only one of many that come together gets the claim.
 */
export async function claimRequest(
  sql: SqlSession,
  request: IdempotentRequest,
): Promise<IdempotencyClaim> {
  const claimed = await sql.query(CLAIM, [
    request.keyId,
    request.idempotencyKey,
    request.requestHash,
    CLAIM_TTL_MS,
    ANSWER_TTL_HOURS,
  ]);
  if (claimed.length > 0) return { kind: 'claimed' };
  const rows = await sql.query<{ requestHash: Buffer; status: number | null; body: unknown }>(
    `select request_hash as "requestHash", status, body from idempotency_keys
     where key_id = $1 and idempotency_key = $2`,
    [request.keyId, request.idempotencyKey],
  );
  const stored = rows[0];
  if (!stored) return { kind: 'busy' };
  if (!stored.requestHash.equals(request.requestHash)) return { kind: 'mismatch' };
  if (stored.status === null) return { kind: 'busy' };
  return { kind: 'answered', answer: { status: stored.status, body: stored.body } };
}

const CLAIM = `
insert into idempotency_keys as k (key_id, idempotency_key, request_hash)
values ($1, $2, $3)
on conflict (key_id, idempotency_key) do update set
  request_hash = excluded.request_hash, status = null, body = null, created_at = weir_now()
where (k.status is null and k.created_at < weir_now() - $4 * interval '1 millisecond')
  or k.created_at < weir_now() - $5 * interval '1 hour'
returning key_id`;

/** Keeps the answer of a claimed request, to be given again. */
export async function completeRequest(
  sql: SqlSession,
  request: IdempotentRequest,
  answer: StoredAnswer,
): Promise<void> {
  await sql.query(
    `update idempotency_keys set status = $3, body = $4
     where key_id = $1 and idempotency_key = $2 and status is null`,
    [request.keyId, request.idempotencyKey, answer.status, JSON.stringify(answer.body ?? null)],
  );
}

/** Gives up the claim of a request that failed: its repetition is tried anew. */
export async function abandonRequest(sql: SqlSession, request: IdempotentRequest): Promise<void> {
  await sql.query(
    `delete from idempotency_keys
     where key_id = $1 and idempotency_key = $2 and status is null`,
    [request.keyId, request.idempotencyKey],
  );
}

/** Takes out some answers that are too old to be repeated. */
export async function pruneAnswers(sql: SqlSession): Promise<void> {
  await sql.query(
    `delete from idempotency_keys where (key_id, idempotency_key) in (
       select key_id, idempotency_key from idempotency_keys
       where created_at < weir_now() - $1 * interval '1 hour' limit $2)`,
    [ANSWER_TTL_HOURS, PRUNE_BATCH],
  );
}
