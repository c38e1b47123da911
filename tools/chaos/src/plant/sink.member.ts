import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ProcessPart } from '@weir/start';
import type { LastEffect, SinkEntry } from '../sink/sink.protocol';
import type { MemberObserver } from './member';
import { ProcessMember } from './process.member';

const PROGRAM = join(__dirname, '..', 'sink', 'sink.program.js');
const START_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 2_000;

/** Where effects go. It is never made to fail: it is the witness. */
export class SinkMember extends ProcessMember {
  readonly url: string;

  constructor(
    private readonly place: {
      readonly folder: string;
      readonly port: number;
      readonly environment: Readonly<Record<string, string>>;
      readonly observe: MemberObserver;
    },
  ) {
    super('sink', { create: () => this.createPart(), observe: place.observe });
    this.url = `http://127.0.0.1:${place.port}/`;
  }

  /** The last accepted effect of every stream. */
  async last(): Promise<LastEffect[]> {
    const response = await fetch(this.url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    return (await response.json()) as LastEffect[];
  }

  /** Every attempt so far, in the order in which they were decided. */
  async *entries(): AsyncGenerator<SinkEntry> {
    if (!existsSync(this.logFile)) return;
    const lines = createInterface({ input: createReadStream(this.logFile, 'utf8') });
    for await (const line of lines) {
      if (line.endsWith('}')) yield JSON.parse(line) as SinkEntry;
    }
  }

  private get logFile(): string {
    return join(this.place.folder, 'sink.jsonl');
  }

  private createPart(): ProcessPart {
    return new ProcessPart({
      name: 'sink',
      tier: 'fleet',
      program: PROGRAM,
      env: {
        ...this.place.environment,
        CHAOS_SINK_PORT: String(this.place.port),
        CHAOS_SINK_LOG: this.logFile,
      },
      logFile: join(this.place.folder, 'sink.log'),
      until: 'ready',
      timeoutMs: START_TIMEOUT_MS,
      onSpawn: () => undefined,
    });
  }
}
