import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpHooks, createNestLogger, requestIdOf } from '@weir/observability';
import type { Logger, MetricsRegistry } from '@weir/observability';
import type { FastifyServerOptions } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { closeConnectionsWith } from './connection.closer';

/** Largest body of an ordinary request; routes that take more or less say so themselves. */
const BODY_MAX_BYTES = 256 * 1024;

/** Fastify's own options, for what can only be said before there is a server. */
export type ServerOptions = FastifyServerOptions;

/**
 * A Nest application on Fastify whose every request has an id, a log line and a measured duration.
 */
export async function createApplication(
  module: DynamicModule,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: MetricsRegistry },
  serverOptions: ServerOptions = {},
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_MAX_BYTES,
    ...serverOptions,
    genReqId: (request: IncomingMessage) => requestIdOf(request.headers),
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: createNestLogger(logger),
    abortOnError: false,
    // Fastify's own JSON parser, or the service's: Nest would also take forms, which nothing here
    // does.
    bodyParser: false,
  });
  const hooks = createHttpHooks(metrics, logger);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', hooks.onRequest);
  fastify.addHook('onResponse', hooks.onResponse);
  closeConnectionsWith(fastify);
  return app;
}
