import { randomUUID } from 'node:crypto';
import type { Logger } from './logger.factory';
import { durationBucketsSeconds } from './metrics.registry';
import type { MetricsRegistry } from './metrics.registry';
import { runInRequest } from './request.context';

/** What the hooks need of a Fastify request. */
export interface HookedRequest {
  readonly id: string;
  readonly method: string;
  /** `url` is the pattern of the route, absent when no route matched. */
  readonly routeOptions: { readonly url?: string | undefined };
}

/** What the hooks need of a Fastify reply. */
export interface HookedReply {
  readonly statusCode: number;
  readonly elapsedTime: number;
  header(name: string, value: string): unknown;
}

/** Hooks to add to a Fastify server under the names of their fields. */
export interface HttpHooks {
  onRequest(request: HookedRequest, reply: HookedReply, done: () => void): void;
  onResponse(request: HookedRequest, reply: HookedReply, done: () => void): void;
}

export const REQUEST_ID_HEADER = 'x-request-id';
const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
const MS_PER_SECOND = 1000;

/** For Fastify's `genReqId`: the caller's id when it is a harmless one, else a new one. */
export function requestIdOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): string {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/**
 * Gives every response its `x-request-id` and every line logged on its way the same `requestId`,
 * counts and times requests by route pattern (never by address, which would make a series per
 * stream), and logs them: answers at debug, refusals at info, failures at error.
 */
export function createHttpHooks(metrics: MetricsRegistry, logger: Logger): HttpHooks {
  const duration = metrics.histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the end of its answer.',
    labels: ['method', 'route', 'status'],
    buckets: durationBucketsSeconds,
  });
  return {
    onRequest(request, reply, done) {
      reply.header(REQUEST_ID_HEADER, request.id);
      runInRequest({ requestId: request.id }, done);
    },
    onResponse(request, reply, done) {
      const route = request.routeOptions.url ?? 'unmatched';
      const { method } = request;
      const status = reply.statusCode;
      duration.observe(
        { method, route, status: String(status) },
        reply.elapsedTime / MS_PER_SECOND,
      );
      const fields = {
        requestId: request.id,
        method,
        route,
        status,
        durationMs: reply.elapsedTime,
      };
      logger[levelOf(status)](fields, 'request');
      done();
    },
  };
}

function levelOf(status: number): 'debug' | 'info' | 'error' {
  if (status >= 500) return 'error';
  return status >= 400 ? 'info' : 'debug';
}
