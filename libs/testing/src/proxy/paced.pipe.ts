import type { Socket } from 'node:net';
import type { SeededRandom } from '../random/seeded.random';
import type { DirectionFault } from './link.fault';

/** More than this waiting, and the sender is held back, as full buffers would. */
const WAITING_BYTES_MAX = 1_048_576;

interface WaitingChunk {
  readonly data: Buffer;
  readonly dueMs: number;
}

interface PipeParts {
  readonly from: Socket;
  readonly to: Socket;
  readonly random: SeededRandom;
  /** What is read at the moment. */
  readonly fault: () => DirectionFault;
  readonly onCut: () => void;
}

/** One direction of a connection: chunks in order, each no earlier than its fault allows. */
export class PacedPipe {
  private readonly waiting: WaitingChunk[] = [];
  private waitingBytes = 0;
  private passedBytes = 0;
  private lineFreeMs = 0;
  private lastDueMs = 0;
  private hasEnded = false;
  private isDone = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: PipeParts) {}

  /** Takes what is to be sent on. */
  take(data: Buffer): void {
    const { latencyMs = 0, jitterMs = 0 } = this.parts.fault();
    const drawnMs = performance.now() + latencyMs + this.parts.random.next() * jitterMs;
    const dueMs = Math.max(this.lastDueMs, drawnMs);
    this.lastDueMs = dueMs;
    this.waiting.push({ data, dueMs });
    this.waitingBytes += data.length;
    if (this.waitingBytes > WAITING_BYTES_MAX) this.parts.from.pause();
    this.pump();
  }

  /** The sender has finished: so does this side, once everything has arrived. */
  end(): void {
    this.hasEnded = true;
    this.pump();
  }

  /** Sends on what may go now. Called after every change of the fault, too. */
  pump(): void {
    clearTimeout(this.timer);
    if (this.isDone) return;
    for (;;) {
      const head = this.waiting[0];
      if (!head || this.parts.fault().isBlackhole === true) break;
      const waitMs = Math.max(head.dueMs, this.lineFreeMs) - performance.now();
      if (waitMs > 0) {
        this.timer = setTimeout(() => this.pump(), Math.ceil(waitMs));
        return;
      }
      this.send(head.data);
      if (this.isDone) return;
    }
    if (this.hasEnded && this.waiting.length === 0) this.finish();
  }

  /** From now on `cutAfterBytes` counts from here. */
  restartCount(): void {
    this.passedBytes = 0;
  }

  close(): void {
    this.isDone = true;
    clearTimeout(this.timer);
  }

  private send(data: Buffer): void {
    const { bytesPerSecond, cutAfterBytes } = this.parts.fault();
    this.waiting.shift();
    this.waitingBytes -= data.length;
    const allowed = (cutAfterBytes ?? Number.POSITIVE_INFINITY) - this.passedBytes;
    const sent = data.subarray(0, Math.max(0, Math.min(data.length, allowed)));
    this.passedBytes += sent.length;
    if (sent.length > 0) this.parts.to.write(sent);
    if (sent.length < data.length || sent.length === allowed) {
      this.close();
      this.parts.onCut();
      return;
    }
    if (bytesPerSecond !== undefined) {
      const from = Math.max(this.lineFreeMs, performance.now());
      this.lineFreeMs = from + (sent.length * 1_000) / bytesPerSecond;
    }
    if (this.waitingBytes <= WAITING_BYTES_MAX) this.parts.from.resume();
  }

  private finish(): void {
    this.close();
    this.parts.to.end();
  }
}
