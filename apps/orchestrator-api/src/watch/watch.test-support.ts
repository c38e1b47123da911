import type { WatchChanges } from '@weir/domain';
import { until } from '@weir/testing';
import type { TestApi } from '../api.test-support';
import type { TestInstance } from '../instances/instance.test-support';

export interface WatchedEvent {
  readonly event: string;
  readonly data: WatchChanges;
  /** When it came, on the monotonic clock, in ms. */
  readonly atMs: number;
}

/** A client of the watch call: reads server-sent events by fetch. */
export class TestWatch {
  readonly events: WatchedEvent[] = [];
  readonly comments: string[] = [];
  isEnded = false;
  private readonly abort = new AbortController();

  private constructor(readonly response: Response) {
    void this.read().catch(() => undefined);
  }

  static async open(instance: TestInstance, at: TestApi = instance.api): Promise<TestWatch> {
    const { incarnation, seenRevision } = instance;
    const query = `incarnation=${incarnation}&seenRevision=${seenRevision}`;
    const abort = new AbortController();
    const response = await fetch(`${at.url}${instance.path}/watch?${query}`, {
      headers: { authorization: `Bearer ${at.keys.instance}` },
      signal: abort.signal,
    });
    const watch = new TestWatch(response);
    watch.abort.signal.addEventListener('abort', () => abort.abort());
    return watch;
  }

  /** The event at that position, once it has come. */
  async event(index: number, timeoutMs = 5_000): Promise<WatchedEvent> {
    return until(`event ${index} comes`, () => this.events[index], timeoutMs);
  }

  async ended(timeoutMs = 5_000): Promise<void> {
    await until('the stream ends', () => this.isEnded, timeoutMs);
  }

  close(): void {
    this.abort.abort();
  }

  private async read(): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of this.response.body ?? []) {
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.take(block);
      }
    } finally {
      this.isEnded = true;
    }
  }

  private take(block: string): void {
    const event = /^event: (.*)$/m.exec(block)?.[1];
    const data = /^data: (.*)$/m.exec(block)?.[1];
    if (event === undefined) this.comments.push(block);
    else this.events.push({ event, data: JSON.parse(data ?? 'null'), atMs: performance.now() });
  }
}
