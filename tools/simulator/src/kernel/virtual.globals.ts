import { createRequire } from 'node:module';
import type { ScheduledEvent } from './event.heap';
import type { SimulatedProcess } from './simulated.process';
import { notifyThread } from './virtual.thread';
import type { VirtualMachine } from './virtual.machine';

/** What stands in for parts of Node.js while a history runs. */
export interface Replacements {
  readonly fetch: (url: string, init: RequestInit) => Promise<unknown>;
  readonly Pool: unknown;
  readonly Client: unknown;
  readonly Worker: unknown;
  /** `process.kill` of the own process. */
  readonly kill: (process: SimulatedProcess) => void;
}

/** Node.js fires no timer earlier than this. In ms. */
const TIMER_LEAST_MS = 1;
/** How late a timer of a busy program may fire. In ms. */
const TIMER_LATE_MS = 2;

/** A timer as `setTimeout` gives it. */
class VirtualTimer {
  private event: ScheduledEvent | undefined;

  constructor(
    private readonly machine: VirtualMachine,
    private readonly process: SimulatedProcess,
    private readonly rule: { readonly delayMs: number; readonly isRepeated: boolean },
    private readonly callback: () => void,
  ) {
    this.refresh();
  }

  refresh(): this {
    this.cancel();
    const { machine, process } = this;
    const delayMs = Math.max(TIMER_LEAST_MS, this.rule.delayMs) / process.rate;
    const inMs = delayMs + process.random.next() * TIMER_LATE_MS;
    this.event = machine.schedule({ inMs, process }, () => this.fire());
    return this;
  }

  cancel(): void {
    if (this.event) this.event.isCancelled = true;
    this.event = undefined;
  }

  unref(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  private fire(): void {
    this.event = undefined;
    if (this.rule.isRepeated) this.refresh();
    this.callback();
  }
}

type Patch = { readonly target: object; readonly name: string; readonly value: unknown };

/**
 * Puts virtual time, chance and transport under the unchanged code of every process: clocks and
 * timers of the process whose event is running, its seeded chance, `fetch` and the driver of
 * PostgreSQL.
 * @returns a function that puts everything back.
 */
export function installGlobals(machine: VirtualMachine, replacements: Replacements): () => void {
  const patches = [
    ...clockPatches(machine),
    ...timerPatches(machine),
    ...modulePatches(machine, replacements),
  ];
  const before = patches.map(({ target, name }) => Object.getOwnPropertyDescriptor(target, name));
  for (const { target, name, value } of patches) {
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  }
  return () => {
    for (const [index, { target, name }] of patches.entries()) {
      const descriptor = before[index];
      if (descriptor) Object.defineProperty(target, name, descriptor);
      else Reflect.deleteProperty(target, name);
    }
  };
}

function clockPatches(machine: VirtualMachine): Patch[] {
  const realRandom = Math.random;
  const monotonic = (): number => machine.current?.monotonic(machine.now) ?? machine.now;
  const hrtime = Object.assign(() => [0, 0], {
    bigint: () => BigInt(Math.round(monotonic() * 1e6)),
  });
  return [
    { target: performance, name: 'now', value: monotonic },
    { target: Date, name: 'now', value: () => machine.current?.wall(machine.now) ?? machine.now },
    { target: Math, name: 'random', value: () => machine.current?.random.next() ?? realRandom() },
    { target: process, name: 'hrtime', value: hrtime },
  ];
}

function timerPatches(machine: VirtualMachine): Patch[] {
  const current = (): SimulatedProcess => {
    if (!machine.current) throw new Error('a timer outside of every process');
    return machine.current;
  };
  const later =
    (isRepeated: boolean) =>
    (callback: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) =>
      new VirtualTimer(machine, current(), { delayMs, isRepeated }, () => callback(...args));
  const cancel = (timer: unknown): void => {
    if (timer instanceof VirtualTimer) timer.cancel();
  };
  const soon = (callback: (...args: unknown[]) => void, ...args: unknown[]): void => {
    machine.schedule({ inMs: 0, process: current() }, () => callback(...args));
  };
  return [
    { target: globalThis, name: 'setTimeout', value: later(false) },
    { target: globalThis, name: 'setInterval', value: later(true) },
    { target: globalThis, name: 'clearTimeout', value: cancel },
    { target: globalThis, name: 'clearInterval', value: cancel },
    { target: globalThis, name: 'setImmediate', value: soon },
  ];
}

const requireHere = createRequire(__filename);

function modulePatches(machine: VirtualMachine, replacements: Replacements): Patch[] {
  const { fetch, Pool, Client, Worker, kill } = replacements;
  let ids = 0;
  const uuid = (): string => {
    ids += 1;
    return `00000000-0000-4000-8000-${ids.toString(16).padStart(12, '0')}`;
  };
  const zeros = (size: number): Buffer => Buffer.alloc(size);
  const wait = (delayMs: number, value: unknown, options?: { signal?: AbortSignal }) =>
    waitFor(machine, delayMs, { value, signal: options?.signal });
  const end = (): true => {
    if (machine.current) kill(machine.current);
    return true;
  };
  const driver = requireHere('pg') as object;
  return [
    { target: globalThis, name: 'fetch', value: fetch },
    { target: Atomics, name: 'notify', value: notifyThread },
    { target: driver, name: 'Pool', value: Pool },
    { target: driver, name: 'Client', value: Client },
    { target: requireHere('node:worker_threads') as object, name: 'Worker', value: Worker },
    { target: requireHere('node:timers/promises') as object, name: 'setTimeout', value: wait },
    { target: requireHere('node:crypto') as object, name: 'randomUUID', value: uuid },
    { target: requireHere('node:crypto') as object, name: 'randomBytes', value: zeros },
    { target: process, name: 'kill', value: end },
  ];
}

function waitFor(
  machine: VirtualMachine,
  delayMs: number,
  { value, signal }: { readonly value: unknown; readonly signal: AbortSignal | undefined },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (): void => {
      timer.cancel();
      reject(new Error('The operation was aborted'));
    };
    const process = machine.current;
    if (!process) throw new Error('a wait outside of every process');
    const timer = new VirtualTimer(machine, process, { delayMs, isRepeated: false }, () => {
      signal?.removeEventListener('abort', fail);
      resolve(value);
    });
    if (signal?.aborted) fail();
    else signal?.addEventListener('abort', fail, { once: true });
  });
}
