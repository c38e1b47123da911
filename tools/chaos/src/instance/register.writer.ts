import type { Assignment } from '@weir/domain';
import type { StopResult, StreamContext, StreamHandler } from '@weir/worker-client';
import type { SinkWrite } from '../sink/sink.protocol';
import type { InstanceSettings } from './instance.settings';
import type { JournalFile } from './journal.file';
import type { SinkWriter } from './sink.writer';

/** One stream that this process writes. */
interface RunningStream {
  readonly assignment: Assignment;
  readonly context: StreamContext;
  /** The number that was written last. */
  seq: number;
}

/** What a stream's `config` may ask of whoever runs it. */
interface StreamConfig {
  /** The stream that kills whoever holds it. */
  readonly poison?: boolean;
}

/** How long a canary goes on with what it has given up. */
const CANARY_MS = 5_000;
/** How long a poisoned process still lives, so that the control plane hears that it started. */
const POISON_DELAY_MS = 300;

/**
 * Runs streams by writing growing numbers to the sink, each with its epoch. Asks before each effect
 * whether it may, and ends only when its last effect is over.
 */
export class RegisterWriter implements StreamHandler {
  private readonly running = new Map<string, RunningStream>();
  private inFlight: Promise<void> = Promise.resolve();
  private isSending = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly settings: InstanceSettings,
    private readonly sink: SinkWriter,
    private readonly journal: JournalFile,
  ) {
    this.timer = setInterval(() => this.onTick(), settings.writeEveryMs);
  }

  start(assignment: Assignment, context: StreamContext): void {
    const { streamId, epoch, checkpoint } = assignment;
    const seq = typeof checkpoint?.['seq'] === 'number' ? checkpoint['seq'] : 0;
    this.running.set(streamId, { assignment, context, seq });
    const { autonomyMs } = assignment;
    this.journal.note('begun', { streamId, epoch, seq, ...(autonomyMs && { autonomyMs }) });
    if ((assignment.stream.config as StreamConfig).poison === true) {
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), POISON_DELAY_MS);
    }
  }

  async stop(streamId: string, epoch: number): Promise<StopResult> {
    const stream = this.running.get(streamId);
    if (this.settings.isCanary) setTimeout(() => this.running.delete(streamId), CANARY_MS);
    else this.running.delete(streamId);
    await this.inFlight;
    if (!stream) return {};
    this.journal.note('ended', { streamId, epoch, seq: stream.seq });
    return { checkpoint: { seq: stream.seq } };
  }

  close(): void {
    clearInterval(this.timer);
  }

  private onTick(): void {
    if (this.isSending || this.running.size === 0) return;
    const writes = [...this.running.values()]
      .filter(({ context }) => context.isAllowed() || this.settings.isCanary)
      .map((stream) => this.nextWrite(stream));
    if (writes.length === 0) return;
    this.isSending = true;
    this.inFlight = this.send(writes);
  }

  private nextWrite(stream: RunningStream): SinkWrite {
    const { streamId, epoch, exclusive } = stream.assignment;
    stream.seq += 1;
    const sentNs = String(process.hrtime.bigint());
    return { streamId, epoch, seq: stream.seq, isExclusive: exclusive, sentNs };
  }

  private async send(writes: readonly SinkWrite[]): Promise<void> {
    try {
      await this.sink.send({ writer: this.settings.writer, writes });
    } catch (error) {
      this.journal.note('sink-failed', { reason: (error as Error).message });
    } finally {
      this.isSending = false;
    }
  }
}
