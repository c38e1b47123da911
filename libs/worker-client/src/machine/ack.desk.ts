import type { Ack } from '@weir/domain';
import type { ClientNotice } from '../client.notice';
import { AckQueue } from './ack.queue';

export interface AckDeskParts {
  readonly random: () => number;
  readonly notify: (notice: ClientNotice) => void;
  /** The control plane knows of this failure, or knows better: the stream is not assigned here. */
  readonly onFailureSettled: (ack: Ack) => void;
  /** Too many acks waited, and do not any more. */
  readonly onRoom: () => void;
}

/** The queue of acknowledgements, with what has to be done when one is through or given up. */
export class AckDesk {
  private readonly queue: AckQueue;
  private isHeldUp = false;

  constructor(private readonly parts: AckDeskParts) {
    this.queue = new AckQueue(parts.random);
  }

  get isEmpty(): boolean {
    return this.queue.isEmpty;
  }

  get dueAtMs(): number | undefined {
    return this.queue.dueAtMs;
  }

  takeBatch(nowMs: number): readonly Ack[] | undefined {
    return this.queue.takeBatch(nowMs);
  }

  /** True while nothing may be accepted that would make more acks. */
  isBackedUp(): boolean {
    const { isFull, size } = this.queue;
    if (isFull && !this.isHeldUp) this.parts.notify({ name: 'acksHeldUp', waiting: size });
    this.isHeldUp = isFull;
    return isFull;
  }

  acknowledge(ack: Ack): void {
    this.queue.put(ack);
  }

  answered(acks: readonly Ack[]): void {
    this.queue.answered();
    this.settle(acks);
  }

  failed(nowMs: number, retryAfterMs: number | undefined): void {
    this.queue.failed(nowMs, retryAfterMs);
  }

  refused(reason: string): void {
    const dropped = this.queue.refused();
    this.settle(dropped);
    for (const { streamId, epoch, state } of dropped) {
      this.parts.notify({ name: 'ackRefused', streamId, epoch, state, reason });
    }
  }

  /** The incarnation that they were meant for is over. */
  clear(): void {
    this.settle(this.queue.clear());
  }

  /** What failed counts as assigned until the control plane knows of it, or knows better. */
  private settle(acks: readonly Ack[]): void {
    for (const ack of acks) if (ack.state === 'failed') this.parts.onFailureSettled(ack);
    if (!this.isHeldUp || this.queue.isFull) return;
    this.isHeldUp = false;
    this.parts.onRoom();
  }
}
