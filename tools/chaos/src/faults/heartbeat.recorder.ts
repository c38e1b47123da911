import { connect } from 'node:net';
import type { ConnectionTap, Direction, TapFactory, TapVerdict } from '@weir/testing';

/** A request as it went over the wire. */
export interface RecordedRequest {
  readonly raw: Buffer;
  readonly body: string;
}

const HEAD_END = '\r\n\r\n';
/** Kept of each link; older ones are forgotten. */
const KEPT_MAX = 200;
const ANSWER_TIMEOUT_MS = 5_000;

/** Keeps copies of the heartbeats that pass a link, to be sent again later. */
export class HeartbeatRecorder {
  readonly recorded: RecordedRequest[] = [];
  isRecording = false;

  /** A tap that only listens. */
  get factory(): TapFactory {
    return () => new RecordingTap((request) => this.keep(request));
  }

  private keep(request: RecordedRequest): void {
    if (!this.isRecording) return;
    if (!/^POST \S+\/heartbeat HTTP/.test(request.raw.toString('latin1', 0, 512))) return;
    this.recorded.push(request);
    if (this.recorded.length > KEPT_MAX) this.recorded.shift();
  }
}

/** Passes everything on at once, and puts the requests together from their pieces. */
class RecordingTap implements ConnectionTap {
  private rest = Buffer.alloc(0);

  constructor(private readonly onRequest: (request: RecordedRequest) => void) {}

  take(direction: Direction, chunk: Buffer): TapVerdict {
    if (direction === 'toServer') {
      this.rest = Buffer.concat([this.rest, chunk]);
      for (let next = this.cutOne(); next; next = this.cutOne()) this.onRequest(next);
    }
    return { forward: [chunk], isCut: false };
  }

  /** Bodies of the client all say their length. */
  private cutOne(): RecordedRequest | undefined {
    const headEnd = this.rest.indexOf(HEAD_END);
    if (headEnd < 0) return undefined;
    const head = this.rest.toString('latin1', 0, headEnd);
    const bodyAt = headEnd + HEAD_END.length;
    const length = bodyAt + Number(/\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (this.rest.length < length) return undefined;
    const raw = Buffer.from(this.rest.subarray(0, length));
    this.rest = this.rest.subarray(length);
    return { raw, body: raw.toString('utf8', bodyAt) };
  }
}

/** Sends a recorded request once more, on a connection of its own. @returns the answer's status. */
export function replay(port: number, { raw }: RecordedRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error('no answer in time')));
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      const status = /^HTTP\/1\.1 (\d+)/.exec(chunk.toString('latin1'))?.[1];
      resolve(Number(status ?? 0));
      socket.destroy();
    });
    socket.on('close', () => reject(new Error('closed without an answer')));
    socket.write(raw);
  });
}
