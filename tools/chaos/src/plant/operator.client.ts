import { DEFAULT_FLEET } from '@weir/start';

const TIMEOUT_MS = 5_000;

export interface OperatorRequest {
  readonly method?: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface OperatorAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** An operator at the API: it asks each replica in turn, as whoever has two addresses does. */
export class OperatorClient {
  private turn = 0;

  constructor(
    private readonly urls: readonly string[],
    private readonly key: string,
  ) {}

  /**
   * Sends once, to the next replica.
   * @param path below the fleet: `/streams`.
   * @throws when there is no answer: then it is not known whether it was done.
   */
  async send(path: string, request: OperatorRequest = {}): Promise<OperatorAnswer> {
    const { method = 'GET', body, contentType = 'application/json', headers = {} } = request;
    const url = this.urls[this.turn++ % this.urls.length] ?? '';
    const response = await fetch(`${url}/v1/fleets/${DEFAULT_FLEET}${path}`, {
      method,
      headers: {
        ...headers,
        authorization: `Bearer ${this.key}`,
        ...(body !== undefined && { 'content-type': contentType }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(request.timeoutMs ?? TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : parse(text) };
  }

  /** Sends once. @throws Error when the answer is not 2xx, or there is none. */
  async call<T>(path: string, request: OperatorRequest = {}): Promise<T> {
    const { status, body } = await this.send(path, request);
    if (status >= 200 && status < 300) return body as T;
    throw new Error(`${path} was answered ${status}: ${JSON.stringify(body)}`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
