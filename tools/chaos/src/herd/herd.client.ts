import { Agent, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { HerdResult } from './herd.order';

const TIMEOUT_MS = 20_000;
const ATTEMPTS_MAX = 30;
/** Waits between attempts when the API does not say how long. In ms. */
const BACKOFF_MS = 500;
/** Connections that a process of ours opens to one replica. */
const SOCKETS_MAX = 250;

/** Many simulated instances: plain HTTP, with the retries that the protocol asks for. */
export class HerdClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });

  constructor(
    private readonly ports: readonly number[],
    private readonly key: string,
    private readonly fleet: string,
  ) {}

  /** Tries until it is answered with something else than "later". */
  async send(
    path: string,
    method: string,
    body: object | undefined,
    at: number,
  ): Promise<HerdResult> {
    const startedMs = performance.now();
    let slowestMs = 0;
    for (let attempts = 1; ; attempts += 1) {
      const port = this.ports[(at + attempts) % this.ports.length] ?? 0;
      const sentMs = performance.now();
      const answer = await this.once(port, path, { method, body }).catch(() => undefined);
      slowestMs = Math.max(slowestMs, performance.now() - sentMs);
      const isLater = !answer || answer.status === 429 || answer.status >= 500;
      if (!isLater || attempts >= ATTEMPTS_MAX) {
        const { status = 0, text = '' } = answer ?? {};
        const ms = performance.now() - startedMs;
        return { status, incarnation: findIncarnation(text), ms, slowestMs, attempts };
      }
      await wait(answer?.retryAfterMs ?? BACKOFF_MS * (0.5 + ((at * 7919) % 100) / 100));
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private once(
    port: number,
    path: string,
    { method, body }: { readonly method: string; readonly body: object | undefined },
  ): Promise<{ status: number; text: string; retryAfterMs: number | undefined }> {
    return new Promise((resolve, reject) => {
      const call = request(
        {
          port,
          host: '127.0.0.1',
          method,
          path: `/v1/fleets/${this.fleet}/instances${path}`,
          agent: this.agent,
          timeout: TIMEOUT_MS,
          headers: {
            authorization: `Bearer ${this.key}`,
            ...(body && { 'content-type': 'application/json' }),
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('error', reject);
          response.on('end', () => {
            const seconds = Number(response.headers['retry-after']);
            const retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : undefined;
            resolve({ status: response.statusCode ?? 0, text, retryAfterMs });
          });
        },
      );
      call.on('timeout', () => call.destroy(new Error('no answer in time')));
      call.on('error', reject);
      call.end(body && JSON.stringify(body));
    });
  }
}

/** That of a registration's answer. */
function findIncarnation(text: string): number | undefined {
  const found = /"incarnation":(\d+)/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
