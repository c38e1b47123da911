import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { SeededRandom } from '@weir/testing';
import type { Violation } from '../checks/violation';
import type { OperatorAnswer, OperatorClient, OperatorRequest } from '../plant/operator.client';
import type { TruthReader } from '../plant/truth.reader';
import { checkLedger } from './operator.ledger';
import type { LedgerEntry, LedgerRow } from './operator.ledger';

const PAUSE_MS = 400;
const RETRY_MS = 250;
/** Longer, and the outcome stays unknown. In ms. */
const PATIENCE_MS = 12_000;
const LIVE_MAX = 12;
const DUPLICATE_SHARE = 0.3;

/**
 * An operator who goes on working through every fault: creates, changes and deletes streams (which
 * are not enabled, so that nobody runs them), sends again what was not answered, and sometimes
 * sends the same request twice at once. What it was answered goes into a ledger.
 */
export class OperatorWorkload {
  private readonly entries: (LedgerEntry & { streamId?: string })[] = [];
  private isStopping = false;
  private isPaused = false;
  private isWriting = false;

  constructor(
    private readonly operator: OperatorClient,
    private readonly random: SeededRandom,
  ) {}

  start(): void {
    void this.run();
  }

  /** Sends nothing new; what is under way is left to itself. */
  giveUp(): void {
    this.isStopping = true;
  }

  /** Writes nothing until `resume`; resolves when nothing is under way. */
  async pause(): Promise<void> {
    this.isPaused = true;
    while (this.isWriting) await wait(PAUSE_MS);
  }

  resume(): void {
    this.isPaused = false;
  }

  /** How many writes were answered so far. */
  get answered(): number {
    return this.entries.reduce(
      (sum, entry) => sum + entry.countAnswered + Number(entry.created === 'answered'),
      0,
    );
  }

  async check(truth: TruthReader): Promise<Violation[]> {
    const snapshot = this.entries.map((entry) => ({ ...entry }));
    const rows = await truth.query<LedgerRow>(
      `select name, coalesce((config->>'count')::integer, 0) as count,
         deleted_at is not null as "isDeleted"
       from streams where name like 'operator-%'`,
    );
    return checkLedger(snapshot, rows);
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      await wait(PAUSE_MS);
      if (this.isPaused) continue;
      this.isWriting = true;
      await this.doOne();
      this.isWriting = false;
    }
  }

  private async doOne(): Promise<void> {
    const alive = this.entries.filter(
      ({ created, deleted, isUncertain }) =>
        created === 'answered' && deleted === 'no' && !isUncertain,
    );
    if (alive.length < 2) return this.create();
    const choice = this.random.next();
    if (choice < 0.3 && alive.length < LIVE_MAX) return this.create();
    const entry = this.random.pick(alive);
    return choice < 0.8 ? this.change(entry) : this.remove(entry);
  }

  private async create(): Promise<void> {
    const name = `operator-${this.entries.length + 1}`;
    const entry: LedgerEntry & { streamId?: string } = {
      name,
      created: 'asked',
      deleted: 'no',
      countAnswered: 0,
      countAsked: 0,
      isUncertain: false,
    };
    this.entries.push(entry);
    const body = { name, source: 'http://127.0.0.1:1/', enabled: false, config: { count: 0 } };
    const answer = await this.persist('/streams', { method: 'POST', body });
    if (!answer) return;
    entry.created = 'answered';
    entry.streamId = (answer.body as { streamId: string }).streamId;
  }

  private async change(entry: LedgerEntry & { streamId?: string }): Promise<void> {
    entry.countAsked += 1;
    const body = { config: { count: entry.countAsked } };
    const answer = await this.persist(`/streams/${entry.streamId}`, { method: 'PATCH', body });
    if (answer) entry.countAnswered = entry.countAsked;
    else entry.isUncertain = true;
  }

  private async remove(entry: LedgerEntry & { streamId?: string }): Promise<void> {
    entry.deleted = 'asked';
    const answer = await this.persist(`/streams/${entry.streamId}`, { method: 'DELETE' });
    if (answer) entry.deleted = 'answered';
  }

  /** Sends until it is answered, with one Idempotency-Key. Undefined: the outcome is unknown. */
  private async persist(
    path: string,
    request: OperatorRequest,
  ): Promise<OperatorAnswer | undefined> {
    const keyed = { ...request, headers: { 'idempotency-key': randomUUID() } };
    const deadlineMs = performance.now() + PATIENCE_MS;
    do {
      const copies = this.random.chance(DUPLICATE_SHARE) ? 2 : 1;
      const answers = await Promise.all(
        Array.from({ length: copies }, () =>
          this.operator.send(path, keyed).catch(() => undefined),
        ),
      );
      const good = answers.find((answer) => answer && answer.status < 300);
      if (good) return good;
      await wait(RETRY_MS);
    } while (performance.now() < deadlineMs && !this.isStopping);
    return undefined;
  }
}
