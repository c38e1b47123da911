import { createServer, type Server } from 'node:http';
import type { Faults } from './fault.rules';
import { type Hold, HoldRegistry } from './hold.registry';
import { Pacer } from './listener.pacer';
import { loadMelody } from './melody.asset';
import { FaultTable } from './fault.table';
import { SourceHandler } from './source.handler';

/** Where to listen and how to treat listeners. */
export interface SourceServerOptions {
  /** 0 (default): any free port. */
  readonly port?: number;
  /** Default 127.0.0.1: whoever reaches this server can break its streams. */
  readonly host?: string;
  /** Playing time that a new listener is given at once. Default 2,000. */
  readonly burstMs?: number;
  /** Bytes that may wait for a slow client before it is dropped. Default 262,144. */
  readonly backlogBytesMax?: number;
  /** How long a title is announced before the next one. Default 10,000. */
  readonly titleMs?: number;
}

/** A running source of audio, and what tests do to it. */
export interface SourceServer {
  readonly host: string;
  readonly port: number;
  /** `http://host:port`, without a slash at the end. */
  readonly baseUrl: string;
  /** From now on, for old and new connections of `name`; undefined heals it. */
  setFaults(name: string, faults: Faults | undefined): void;
  /**
   * Ends all connections of `name`, or of every name; returns how many. By a reset, as when the
   * source's machine is gone, or `gently`, as when the source goes off the air.
   */
  cut(name?: string, how?: { gently?: boolean }): number;
  /** Who held what and when, of `name` or of every name. */
  holds(name?: string): Hold[];
  /** How many clients hold `name` now. */
  listenerCount(name: string): number;
  /** Drops all listeners and frees the port. */
  close(): Promise<void>;
}

const DEFAULTS = {
  port: 0,
  host: '127.0.0.1',
  burstMs: 2_000,
  backlogBytesMax: 256 * 1024,
  titleMs: 10_000,
};

/** Time since 1970 that never goes back, so that holds and segments are in order. */
function steadyNow(): number {
  return Math.round(performance.timeOrigin + performance.now());
}

/**
 * Starts the server; resolves when it listens.
 * @throws what the system says when the port is taken or the address is not of this machine.
 */
export async function startSourceServer(options: SourceServerOptions = {}): Promise<SourceServer> {
  const settings = { ...DEFAULTS, ...options };
  const registry = new HoldRegistry(steadyNow);
  const pacer = new Pacer(settings);
  const faults = new FaultTable(steadyNow);
  const handler = new SourceHandler({
    melody: loadMelody(),
    registry,
    pacer,
    faults,
    now: steadyNow,
    titleMs: settings.titleMs,
  });
  const server = createServer((request, response) => handler.handle(request, response));
  const port = await listen(server, settings.port, settings.host);
  return {
    host: settings.host,
    port,
    baseUrl: `http://${settings.host}:${port}`,
    setFaults: (name, given) => faults.set(name, given),
    cut: (name, how) => pacer.cut(name, 'cut', how?.gently),
    holds: (name) => registry.list(name),
    listenerCount: (name) => registry.countOpen(name),
    close: () => close(server, pacer),
  };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function close(server: Server, pacer: Pacer): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    pacer.cut(undefined, 'server closed', true);
    server.closeAllConnections();
  });
}
