import { setTimeout as wait } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import type { OwnershipNews } from './owner.table';

const AGAIN_MS = 250;

/** Follows the events of a fleet as any client can, and connects again when the watch ends. */
export class EventFollower {
  private readonly ending = new AbortController();
  private lastEventId: string | undefined;
  private finished: Promise<void> = Promise.resolve();

  constructor(
    private readonly url: string,
    private readonly key: string,
    private readonly onNews: (news: OwnershipNews) => void,
  ) {}

  /** Resolves when the first connection is open: nothing after that is missed. */
  async start(): Promise<void> {
    const first = await this.open();
    this.finished = this.follow(first);
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.finished;
  }

  private async follow(first: Response): Promise<void> {
    let response: Response | undefined = first;
    while (!this.ending.signal.aborted) {
      try {
        await this.read(response ?? (await this.open()));
      } catch {
        // The connection broke, or we are to stop; the loop tells which.
      }
      response = undefined;
      await wait(AGAIN_MS, undefined, { signal: this.ending.signal }).catch(() => undefined);
    }
  }

  private open(): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.key}` };
    if (this.lastEventId !== undefined) headers['last-event-id'] = this.lastEventId;
    return fetch(this.url, { headers, signal: this.ending.signal });
  }

  private async read(response: Response): Promise<void> {
    const parser = createParser({
      onEvent: ({ event, id, data }) => {
        if (event !== 'event') return;
        this.lastEventId = id;
        this.onNews(JSON.parse(data) as OwnershipNews);
      },
    });
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
    }
  }
}
