import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { ProcessPart } from '@weir/start';
import { SETTINGS_VARIABLE } from '../instance/instance.settings';
import type { InstanceOrder, InstanceSettings } from '../instance/instance.settings';
import type { JournalLine } from '../instance/journal.line';
import type { MemberObserver } from './member';
import { ProcessMember } from './process.member';

const PROGRAM = join(__dirname, '..', 'instance', 'instance.program.js');
const START_TIMEOUT_MS = 30_000;

/** Where an instance keeps its files, and what is the same for each of its processes. */
export interface InstancePlace {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly settings: Omit<InstanceSettings, 'writer' | 'journalFile' | 'orderFile'>;
  readonly observe: MemberObserver;
  /** The prefix of the names of its processes; its serverId when absent. */
  readonly writerName?: string;
}

/** The account of one process of an instance. */
export interface ProcessJournal {
  /** `instance-1#2`: the second process of instance-1. */
  readonly writer: string;
  readonly serverId: string;
  readonly lines: readonly JournalLine[];
  /** When it was gone; undefined while it lives. ns of the monotonic clock. */
  readonly endedNs: bigint | undefined;
}

/** An instance of the fleet: one process after another, each with a journal of its own. */
export class InstanceMember extends ProcessMember {
  private readonly ended = new Map<string, bigint>();
  private readonly writers: string[] = [];

  constructor(private readonly place: InstancePlace) {
    super(place.writerName ?? place.settings.serverId, {
      create: () => this.createPart(),
      observe: place.observe,
      onEnd: () => this.ended.set(this.writers.at(-1) ?? '', process.hrtime.bigint()),
    });
  }

  get serverId(): string {
    return this.place.settings.serverId;
  }

  /** How many processes of it there were so far. */
  get processCount(): number {
    return this.writers.length;
  }

  /** Keeps its event loop busy, so that only its watchdog can notice the end of the lease. */
  block(blockMs: number): void {
    const order: InstanceOrder = { blockMs };
    writeFileSync(this.orderFile, JSON.stringify(order));
    this.signal('SIGUSR2');
  }

  /** The journals of all of its processes so far, in the order of their starts. */
  journals(): ProcessJournal[] {
    return this.writers.map((writer) => ({
      writer,
      serverId: this.serverId,
      lines: readLines(this.journalFile(writer)),
      endedNs: this.ended.get(writer),
    }));
  }

  private get orderFile(): string {
    return join(this.place.folder, `${this.name}.order.json`);
  }

  private journalFile(writer: string): string {
    return join(this.place.folder, `${writer}.jsonl`);
  }

  private createPart(): ProcessPart {
    const writer = `${this.name}#${this.writers.length + 1}`;
    this.writers.push(writer);
    const settings: InstanceSettings = {
      ...this.place.settings,
      writer,
      journalFile: this.journalFile(writer),
      orderFile: this.orderFile,
    };
    return new ProcessPart({
      name: writer,
      tier: 'fleet',
      program: PROGRAM,
      env: { ...this.place.environment, [SETTINGS_VARIABLE]: JSON.stringify(settings) },
      logFile: join(this.place.folder, `${this.name}.log`),
      until: 'ready',
      timeoutMs: START_TIMEOUT_MS,
      onSpawn: () => undefined,
    });
  }
}

/** Every complete line; a last one that a kill cut off is left out. */
function readLines(path: string): JournalLine[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as JournalLine);
}
