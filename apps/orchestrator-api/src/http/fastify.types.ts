import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** The server underneath Nest. */
export type HttpServer = FastifyInstance;
export type HttpRequest = FastifyRequest;
export type HttpReply = FastifyReply;
