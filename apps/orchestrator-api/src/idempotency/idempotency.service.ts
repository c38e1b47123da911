import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import {
  Database,
  SourceCipher,
  abandonRequest,
  claimRequest,
  completeRequest,
  pruneAnswers,
} from '@weir/database';
import type { IdempotentRequest } from '@weir/database';
import { DomainError } from '@weir/domain';

/** How long a repetition waits for the first of its kind to be answered, and how often it looks. */
const WAIT_MS = 10_000;
const LOOK_MS = 50;
/** Old answers are taken out at most this often. */
const PRUNE_INTERVAL_MS = 60_000;

export interface RepeatableAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly isReplayed: boolean;
}

/**
 * Makes writes repeatable: the first of several equal requests does the work, the others get its
 * answer. A request that fails leaves nothing behind, so its repetition is tried anew. Answers are
 * stored encrypted, because one of them is a new API key.
 */
@Injectable()
export class IdempotencyService {
  private readonly log = new Logger('Idempotency');
  private prunedAtMs = 0;

  constructor(
    private readonly database: Database,
    private readonly cipher: SourceCipher,
  ) {}

  /**
   * @throws DomainError IDEMPOTENCY_KEY_REUSED; TOO_MANY_REQUESTS when the first one takes too
   * long; whatever `work` throws.
   */
  async answer(
    request: IdempotentRequest,
    work: () => Promise<Omit<RepeatableAnswer, 'isReplayed'>>,
  ): Promise<RepeatableAnswer> {
    const earlier = await this.claim(request);
    if (earlier) return { ...earlier, isReplayed: true };
    const answer = await this.doClaimed(request, work);
    await this.keep(request, answer);
    this.maybePrune();
    return { ...answer, isReplayed: false };
  }

  /** Undefined when the work is ours to do. */
  private async claim(
    request: IdempotentRequest,
  ): Promise<Omit<RepeatableAnswer, 'isReplayed'> | undefined> {
    const deadline = performance.now() + WAIT_MS;
    for (;;) {
      const claim = await claimRequest(this.database.control, request);
      if (claim.kind === 'claimed') return undefined;
      if (claim.kind === 'answered') {
        return { status: claim.answer.status, body: this.open(claim.answer.body) };
      }
      if (claim.kind === 'mismatch') {
        throw new DomainError(
          'IDEMPOTENCY_KEY_REUSED',
          'this Idempotency-Key was sent with another request: use a new one for each write',
        );
      }
      if (performance.now() > deadline) {
        throw new DomainError(
          'TOO_MANY_REQUESTS',
          'the first of these requests is still under way',
        );
      }
      await wait(LOOK_MS);
    }
  }

  private async doClaimed<T>(request: IdempotentRequest, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await abandonRequest(this.database.control, request).catch((cause: unknown) =>
        this.log.warn(`a claim was not given up, it expires by itself: ${String(cause)}`),
      );
      throw error;
    }
  }

  /** The work is done and its answer is due even when it cannot be kept. */
  private async keep(
    request: IdempotentRequest,
    answer: Omit<RepeatableAnswer, 'isReplayed'>,
  ): Promise<void> {
    const stored = { status: answer.status, body: this.seal(answer.body) };
    await completeRequest(this.database.control, request, stored).catch((cause: unknown) =>
      this.log.warn(`an answer was not kept for its repetition: ${String(cause)}`),
    );
  }

  private seal(body: unknown): string {
    return this.cipher.encrypt(JSON.stringify(body ?? null)).toString('base64');
  }

  private open(sealed: unknown): unknown {
    return JSON.parse(this.cipher.decrypt(Buffer.from(String(sealed), 'base64')));
  }

  private maybePrune(): void {
    if (performance.now() - this.prunedAtMs < PRUNE_INTERVAL_MS) return;
    this.prunedAtMs = performance.now();
    pruneAnswers(this.database.control).catch((cause: unknown) =>
      this.log.warn(`old answers were not taken out: ${String(cause)}`),
    );
  }
}
