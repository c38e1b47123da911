import { Agent, request } from 'node:http';
import type { SinkAnswer, SinkBatch } from '../sink/sink.protocol';

/** A sink on the same machine that takes longer does not answer at all. In ms. */
const TIMEOUT_MS = 2_000;

/** Sends batches over one connection, one after another. */
export class SinkWriter {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(private readonly url: string) {}

  /** @throws when the sink does not answer: then the effects may or may not have happened. */
  send(batch: SinkBatch): Promise<SinkAnswer> {
    return new Promise((resolve, reject) => {
      const call = request(
        this.url,
        {
          method: 'POST',
          agent: this.agent,
          timeout: TIMEOUT_MS,
          headers: { 'content-type': 'application/json' },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('end', () => resolve(JSON.parse(text) as SinkAnswer));
          response.on('error', reject);
        },
      );
      call.on('timeout', () => call.destroy(new Error('the sink does not answer')));
      call.on('error', reject);
      call.end(JSON.stringify(batch));
    });
  }
}
