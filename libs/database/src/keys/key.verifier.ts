import type { Role } from '@weir/domain';
import { DomainError } from '@weir/domain';
import type { SqlSession } from '../connection/sql-session';
import { DatabaseUnavailableError } from '../resilience/database-unavailable.error';
import { hashKey, isSameHash, parseKey } from './api-key';
import { findKeyByPrefix } from './key.repository';
import type { StoredKey } from './key.repository';

/** What is known of a caller whose key is good. */
export interface VerifiedKey {
  readonly keyId: number;
  readonly role: Role;
  /** The only fleet that it may touch; null for all. */
  readonly fleetId: number | null;
  /** The serverIds that it may act for (see matchesServerId); null for all. */
  readonly serverIds: readonly string[] | null;
}

/** Bounds of the verifier's memory. Durations in ms. */
export interface KeyVerifierLimits {
  /** A revoked key is refused after this time at the latest. */
  readonly knownMs: number;
  /** How long a prefix that does not exist is not looked up again. */
  readonly unknownMs: number;
  /** While the database is away, a key that was good is taken this long after it was last read. */
  readonly unavailableMs: number;
  readonly entriesMax: number;
  /** Lookups at once: a flood of made-up keys must not take every connection. */
  readonly lookupsMax: number;
}

const DEFAULT_LIMITS: KeyVerifierLimits = {
  knownMs: 4_500,
  unknownMs: 1_000,
  unavailableMs: 600_000,
  entriesMax: 10_000,
  lookupsMax: 32,
};

interface Entry {
  readonly stored: StoredKey | undefined;
  readonly readAtMs: number;
}

/** Compared with when there is no such key, so that both answers take the same time. */
const NO_HASH = Buffer.alloc(32);

/**
 * Tells whether a key is good, from a small cache in front of the database. Secrets are compared in
 * constant time, and only hashes are kept.
 */
export class KeyVerifier {
  private readonly entries = new Map<string, Entry>();
  private readonly lookups = new Map<string, Promise<StoredKey | undefined>>();
  private usedKeyIds = new Set<number>();
  private readonly limits: KeyVerifierLimits;

  constructor(
    private readonly sql: SqlSession,
    limits: Partial<KeyVerifierLimits> = {},
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /**
   * The key's rights, or undefined when it is malformed, unknown, revoked or its secret is wrong.
   * @throws DomainError TOO_MANY_REQUESTS when too many unknown keys are being looked up
   * @throws DatabaseUnavailableError when it is not known and cannot be read
   */
  async verify(key: string): Promise<VerifiedKey | undefined> {
    const parsed = parseKey(key);
    const given = hashKey(key);
    const stored = parsed && (await this.find(parsed.prefix));
    const isSame = isSameHash(given, stored?.secretHash ?? NO_HASH);
    if (!stored || !isSame || stored.role !== parsed?.role) return undefined;
    this.usedKeyIds.add(stored.keyId);
    const { keyId, role, fleetId, serverIds } = stored;
    return { keyId, role, fleetId, serverIds };
  }

  /** Ids of the keys that were used since the last call. */
  takeUsed(): number[] {
    const used = [...this.usedKeyIds];
    this.usedKeyIds = new Set();
    return used;
  }

  private find(prefix: string): StoredKey | undefined | Promise<StoredKey | undefined> {
    const entry = this.entries.get(prefix);
    if (entry && this.isFresh(entry)) return entry.stored;
    const running = this.lookups.get(prefix);
    if (running) return running;
    if (this.lookups.size >= this.limits.lookupsMax) {
      throw new DomainError('TOO_MANY_REQUESTS', 'too many keys are being looked up: come back');
    }
    const lookup = this.look(prefix, entry).finally(() => this.lookups.delete(prefix));
    this.lookups.set(prefix, lookup);
    return lookup;
  }

  private async look(prefix: string, former: Entry | undefined): Promise<StoredKey | undefined> {
    try {
      const stored = await findKeyByPrefix(this.sql, prefix);
      this.remember(prefix, { stored, readAtMs: this.nowMs() });
      return stored;
    } catch (error) {
      const isAway = error instanceof DatabaseUnavailableError;
      if (isAway && former?.stored && this.ageMs(former) < this.limits.unavailableMs) {
        return former.stored;
      }
      throw error;
    }
  }

  /** The oldest entry makes room: a Map keeps the order of insertion. */
  private remember(prefix: string, entry: Entry): void {
    this.entries.delete(prefix);
    this.entries.set(prefix, entry);
    if (this.entries.size <= this.limits.entriesMax) return;
    const [oldest] = this.entries.keys();
    if (oldest !== undefined) this.entries.delete(oldest);
  }

  private isFresh(entry: Entry): boolean {
    const limitMs = entry.stored ? this.limits.knownMs : this.limits.unknownMs;
    return this.ageMs(entry) < limitMs;
  }

  private ageMs(entry: Entry): number {
    return this.nowMs() - entry.readAtMs;
  }
}
