import { hostname } from 'node:os';
import type { HttpSection } from '@weir/config';
import type { Logger, MetricsRegistry } from '@weir/observability';
import { createFileJournal, WeirClient } from '@weir/worker-client';
import type { LocalOperationOptions, WeirClientOptions } from '@weir/worker-client';
import type { StreamRegistry } from '../streams/stream.registry';
import { exposeClient } from './client.metrics';
import { HostMetrics } from './host.metrics';
import type { InstanceSection } from './instance.section';

/** Addresses to listen on that nobody else can use to get here. */
const ANY_ADDRESS = new Set(['0.0.0.0', '::', '']);

interface ClientConfig {
  readonly instance: InstanceSection;
  readonly http: HttpSection;
}

/** The client that makes this process an instance; the registry runs what is assigned. */
export function createClient(
  { instance, http }: ClientConfig,
  registry: StreamRegistry,
  logger: Logger,
  metrics: MetricsRegistry,
): WeirClient {
  const host = new HostMetrics(() => registry.sumMbps());
  const client = new WeirClient({
    ...identityOf(instance, http),
    handler: registry,
    metrics: () => host.read(),
    reports: () => registry.reports(),
    logger,
    killWhenBlocked: true,
    checkIntervalMs: instance.checkIntervalMs,
    localOperation: localOperationOf(instance),
    ...(instance.journal !== undefined && { journal: createFileJournal(instance.journal) }),
  });
  exposeClient(metrics, client);
  return client;
}

function identityOf(
  { apiUrls, key, fleet, serverId, maxStreams, zone, labels }: InstanceSection,
  { host, port }: HttpSection,
): Omit<WeirClientOptions, 'handler'> {
  return {
    urls: apiUrls,
    key: key.reveal(),
    fleet,
    serverId: serverId ?? defaultServerId(port),
    host: ANY_ADDRESS.has(host) ? hostname() : host,
    port,
    maxStreams,
    labels,
    ...(zone !== undefined && { zone }),
  };
}

/** Host name and port: the same after a restart, and no other on this machine. */
function defaultServerId(port: number): string {
  return `${hostname().replace(/[^A-Za-z0-9._-]/g, '-')}-${port}`.slice(-128);
}

function localOperationOf(instance: InstanceSection): LocalOperationOptions {
  const { localOperation: nonExclusive, localOperationMaxMs: maxMs } = instance;
  return { nonExclusive, ...(maxMs !== undefined && { maxMs }) };
}
