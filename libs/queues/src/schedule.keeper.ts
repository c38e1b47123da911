import { Logger } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { QueueConnection } from './queue.connection';
import { QUEUE_PREFIX, queueDefinitions } from './queue.definitions';
import type { JobPayloads, QueueName } from './queue.definitions';
import type { QueueRegistry } from './queue.registry';
import type { RepeatOptions } from 'bullmq';

/** A job that comes by itself: every `everyMs`, or by a cron pattern in UTC. */
export interface Schedule<Q extends QueueName = QueueName> {
  readonly id: string;
  readonly queue: Q;
  readonly payload: JobPayloads[Q];
  readonly timing: { readonly everyMs: number } | { readonly pattern: string };
}

export type ScheduleOutcome = 'unchanged' | 'written' | 'left-to-another' | 'redis-away';

const FINGERPRINTS_KEY = `${QUEUE_PREFIX}:schedules`;
const GUARD_TTL_MS = 5000;
/** How often schedules are looked at again: bounds how long they are gone after Redis was wiped. */
const LOOK_EVERY_MS = 30_000;
/** A next run that far in the past means that the job which carries the schedule on was lost. */
const OVERDUE_MS = 120_000;

/**
 * Keeps schedules in Redis. Every replica calls it, at its start, every 30 s and whenever Redis
 * comes back, so that schedules rebuild themselves after Redis was wiped. It is safe in any number:
 * a schedule is written only when it is missing, overdue or defined differently, and by one replica
 * at a time, the one that gets a short-lived guard key; the others leave it to that one and look
 * again later. Writing too often would move the next run each time, and simultaneous writes have
 * lost or doubled runs.
 */
export class ScheduleKeeper {
  private readonly log = new Logger('ScheduleKeeper');
  private readonly schedules: Schedule[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly onReady = (): void => void this.ensureAll();

  constructor(
    private readonly connection: QueueConnection,
    private readonly registry: QueueRegistry,
  ) {}

  /** Keeps a schedule from now on. Resolves after the first attempt, whatever its outcome. */
  async keep<Q extends QueueName>(schedule: Schedule<Q>): Promise<ScheduleOutcome> {
    this.schedules.push(schedule);
    if (this.timer === undefined) {
      this.timer = setInterval(this.onReady, LOOK_EVERY_MS).unref();
      this.connection.client.on('ready', this.onReady);
    }
    return this.ensure(schedule);
  }

  /** Writes what is missing or changed; never throws. */
  async ensureAll(): Promise<ScheduleOutcome[]> {
    const outcomes: ScheduleOutcome[] = [];
    for (const schedule of this.schedules) outcomes.push(await this.ensure(schedule));
    return outcomes;
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.connection.client.off('ready', this.onReady);
  }

  private async ensure(schedule: Schedule): Promise<ScheduleOutcome> {
    if (!this.connection.isReady) return 'redis-away';
    try {
      if (await this.isCurrent(schedule)) return 'unchanged';
      return await this.writeGuarded(schedule);
    } catch (error) {
      this.log.warn(`schedule ${schedule.id} not written: ${String(error)}; looked at again soon`);
      return 'redis-away';
    }
  }

  private async isCurrent(schedule: Schedule): Promise<boolean> {
    const written = await this.connection.client.hget(FINGERPRINTS_KEY, schedule.id);
    if (written !== fingerprintOf(schedule)) return false;
    const scheduler = await this.registry.get(schedule.queue).getJobScheduler(schedule.id);
    return scheduler?.next !== undefined && scheduler.next > Date.now() - OVERDUE_MS;
  }

  private async writeGuarded(schedule: Schedule): Promise<ScheduleOutcome> {
    const { client } = this.connection;
    const guardKey = `${QUEUE_PREFIX}:schedule-guard:${schedule.id}`;
    if ((await client.set(guardKey, '1', 'PX', GUARD_TTL_MS, 'NX')) === null)
      return 'left-to-another';
    // Another replica may have written it between our look and our guard.
    if (await this.isCurrent(schedule)) return 'unchanged';
    await this.registry.get(schedule.queue).upsertJobScheduler(schedule.id, repeatOf(schedule), {
      name: schedule.queue,
      data: schedule.payload,
    });
    await client.hset(FINGERPRINTS_KEY, schedule.id, fingerprintOf(schedule));
    await client.del(guardKey);
    this.log.log(`schedule ${schedule.id} written`);
    return 'written';
  }
}

function repeatOf({ timing }: Schedule): RepeatOptions {
  return 'everyMs' in timing ? { every: timing.everyMs } : { pattern: timing.pattern, tz: 'UTC' };
}

/** Changes exactly when what is written to Redis would change. */
function fingerprintOf(schedule: Schedule): string {
  const { jobOptions } = queueDefinitions[schedule.queue];
  const { queue, payload, timing } = schedule;
  const text = JSON.stringify({ queue, payload, timing, jobOptions });
  return createHash('sha256').update(text).digest('hex');
}
