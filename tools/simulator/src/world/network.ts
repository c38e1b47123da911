import type { SeededRandom } from '../kernel/seeded.random';
import type { SimulatedProcess } from '../kernel/simulated.process';
import type { VirtualMachine } from '../kernel/virtual.machine';
import { EventChannel } from './event.channel';

/** A request as it reaches a service. */
export interface SimulatedRequest {
  readonly from: SimulatedProcess;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** Opens an answer that goes on: server-sent events. */
  readonly openChannel: () => EventChannel;
}

export interface SimulatedAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly channel?: EventChannel;
}

/** A service that takes requests; it runs in its own process. */
export interface RequestHandler {
  readonly process: SimulatedProcess;
  handle(request: SimulatedRequest): Promise<SimulatedAnswer>;
}

/** What chance does to messages. */
export interface NetworkConditions {
  lossShare: number;
  duplicateShare: number;
  /** Share of messages that are held up, and how long at most. */
  delayedShare: number;
  delayedMostMs: number;
}

export interface NetworkCounts {
  requests: number;
  lost: number;
  duplicated: number;
  delayed: number;
  cut: number;
}

interface Cut {
  readonly from: string;
  readonly to: string;
  readonly until: number;
}

const LATENCY_LEAST_MS = 0.2;
const LATENCY_MOST_MS = 5;

/** Requests and answers between processes: each takes its time, some are lost or come twice. */
export class SimulatedNetwork {
  readonly conditions: NetworkConditions = {
    lossShare: 0,
    duplicateShare: 0,
    delayedShare: 0,
    delayedMostMs: 0,
  };
  readonly counts: NetworkCounts = { requests: 0, lost: 0, duplicated: 0, delayed: 0, cut: 0 };
  private readonly handlers = new Map<string, RequestHandler>();
  private cuts: Cut[] = [];
  private readonly random: SeededRandom;

  constructor(readonly machine: VirtualMachine) {
    this.random = machine.random('network');
  }

  listen(host: string, handler: RequestHandler): void {
    this.handlers.set(host, handler);
  }

  /** Nothing from one to the other gets through for that long. */
  cut(from: string, to: string, forMs: number): void {
    this.cuts.push({ from, to, until: this.machine.now + forMs });
  }

  heal(): void {
    this.cuts = [];
  }

  /** `fetch` of the process whose code is running. */
  fetch = (url: string, init: RequestInit): Promise<unknown> => {
    const from = this.machine.current;
    if (!from) throw new Error('a call outside of every process');
    this.counts.requests += 1;
    return new Promise((resolve, reject) => {
      new Exchange(this, { url: new URL(url), init, from }, { resolve, reject }).begin();
    });
  };

  handlerOf(host: string): RequestHandler | undefined {
    return this.handlers.get(host);
  }

  /** How long a message takes; undefined: it never arrives. */
  travelMs(from: string, to: string): number | undefined {
    this.cuts = this.cuts.filter(({ until }) => until > this.machine.now);
    if (this.cuts.some((cut) => cut.from === from && cut.to === to)) {
      this.counts.cut += 1;
      return undefined;
    }
    if (this.random.happens(this.conditions.lossShare)) {
      this.counts.lost += 1;
      return undefined;
    }
    if (this.random.happens(this.conditions.delayedShare)) {
      this.counts.delayed += 1;
      return this.random.between(LATENCY_MOST_MS, this.conditions.delayedMostMs);
    }
    return this.random.between(LATENCY_LEAST_MS, LATENCY_MOST_MS);
  }

  isDuplicated(): boolean {
    if (!this.random.happens(this.conditions.duplicateShare)) return false;
    this.counts.duplicated += 1;
    return true;
  }
}

interface Call {
  readonly url: URL;
  readonly init: RequestInit;
  readonly from: SimulatedProcess;
}

interface Settle {
  readonly resolve: (response: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** One request with its answer. */
class Exchange {
  private isSettled = false;
  private channel: EventChannel | undefined;
  /** An answer is for the life that asked. */
  private readonly life: number;

  constructor(
    private readonly network: SimulatedNetwork,
    private readonly call: Call,
    private readonly settle: Settle,
  ) {
    this.life = call.from.life;
  }

  begin(): void {
    const { signal } = this.call.init;
    if (signal?.aborted) return this.settle.reject(aborted());
    signal?.addEventListener('abort', () => this.abort(), { once: true });
    this.send();
    if (this.network.isDuplicated()) this.send();
  }

  private send(): void {
    const { network, call } = this;
    const inMs = network.travelMs(call.from.name, call.url.hostname);
    if (inMs === undefined) return;
    const handler = network.handlerOf(call.url.hostname);
    network.machine.schedule({ inMs }, () => {
      if (handler?.process.isAlive) this.deliver(handler);
      else this.refuse('ECONNREFUSED');
    });
  }

  private deliver(handler: RequestHandler): void {
    const { machine } = this.network;
    const { process } = handler;
    process.onCrash(() => this.refuse('ECONNRESET'));
    machine.schedule({ inMs: 0, process }, () => {
      void handler.handle(this.request(handler)).then((answer) => this.answer(handler, answer));
    });
  }

  private request(handler: RequestHandler): SimulatedRequest {
    const { url, init, from } = this.call;
    const text = init.body as string | undefined;
    return {
      from,
      method: init.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      body: text === undefined ? undefined : (JSON.parse(text) as unknown),
      openChannel: () => {
        const ends = { client: from, clientLife: this.life, server: handler.process };
        return new EventChannel(this.network, ends);
      },
    };
  }

  private answer(handler: RequestHandler, answer: SimulatedAnswer): void {
    const { network, call } = this;
    const inMs = network.travelMs(handler.process.name, call.from.name);
    if (inMs === undefined) return;
    const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
    network.machine.schedule({ inMs, process: call.from, life: this.life }, () => {
      if (this.isSettled) {
        answer.channel?.abandon();
        return;
      }
      this.isSettled = true;
      this.channel = answer.channel;
      this.settle.resolve(responseOf(answer, text));
    });
  }

  private refuse(code: string): void {
    const { network, call } = this;
    const inMs = network.travelMs(call.url.hostname, call.from.name);
    if (inMs === undefined) return;
    network.machine.schedule({ inMs, process: call.from, life: this.life }, () => {
      if (this.isSettled) return;
      this.isSettled = true;
      const cause = Object.assign(new Error(`connect ${code}`), { code });
      this.settle.reject(new TypeError('fetch failed', { cause }));
    });
  }

  private abort(): void {
    this.channel?.abandon();
    if (this.isSettled) return;
    this.isSettled = true;
    this.settle.reject(aborted());
  }
}

function aborted(): Error {
  return Object.assign(new Error('This operation was aborted'), { name: 'AbortError' });
}

/** The part of a `Response` that the client reads. */
function responseOf({ status, headers, channel }: SimulatedAnswer, text: string): unknown {
  const type = channel ? 'text/event-stream' : 'application/json';
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: {
      get: (name: string) => (name === 'content-type' ? type : (headers?.[name] ?? null)),
    },
    body: channel ?? new WholeBody(text),
  };
}

/** The body of an answer that has arrived as a whole. */
class WholeBody implements AsyncIterable<Uint8Array> {
  constructor(private readonly text: string) {}

  cancel(): Promise<void> {
    return Promise.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    if (this.text !== '') yield Buffer.from(this.text);
  }
}
