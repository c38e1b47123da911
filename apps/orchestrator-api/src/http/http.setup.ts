import compress from '@fastify/compress';
import helmet from '@fastify/helmet';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DomainError, PROTOCOL_LIMITS } from '@weir/domain';
import { ServiceState } from '@weir/health';
import { REQUEST_ID_HEADER } from '@weir/observability';
import { ProblemFilter } from '../problem/problem.filter';
import { findBodyLimit } from './body.limits';
import type { HttpReply, HttpRequest, HttpServer } from './fastify.types';
import { parseJsonBody } from './json.parser';
import { assertPlainQuery } from './query.rules';
import { RouteTable } from './route.table';

/** Answers smaller than this are sent as they are: compressing them costs more than it saves. */
const COMPRESS_FROM_BYTES = 1_024;

/** What Fastify is told before there is an application. */
export const SERVER_OPTIONS = {
  bodyLimit: PROTOCOL_LIMITS.bodyBytes,
  return503OnClosing: false,
  /** Longer than the longest name, so that a name that is too long is answered by its own rule. */
  routerOptions: { maxParamLength: 1_024 },
} as const;

/** Everything about HTTP that holds for every route. Called before the application initializes. */
export async function setUpHttp(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpAdapter().getInstance() as unknown as HttpServer;
  const routes = app.get(RouteTable);
  server.addHook('onRoute', (route) => {
    routes.add(route.url, route.method);
    const bodyLimit = findBodyLimit(route.method, route.url);
    if (bodyLimit !== undefined) route.bodyLimit = bodyLimit;
  });
  server.addHook('onRequest', refuseWhileStopping(app.get(ServiceState)));
  server.addHook('onRequest', (request, _reply, done) => {
    assertPlainQuery(request.query);
    done();
  });
  setUpBodies(server);
  app.useGlobalFilters(app.get(ProblemFilter));
  await app.register(helmet as never, { contentSecurityPolicy: POLICY } as never);
  server.addHook('onRequest', relaxPolicyForDocs);
  await app.register(compress as never, COMPRESSION as never);
}

const COMPRESSION = {
  threshold: COMPRESS_FROM_BYTES,
  encodings: ['gzip', 'deflate'],
  globalDecompression: false,
};

/** Answers of the API are data: nothing in them may run, load or be framed. */
const POLICY = {
  useDefaults: false,
  directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
};

/** The pages of /docs load their own scripts and set styles inline. */
const DOCS_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

function relaxPolicyForDocs(request: HttpRequest, reply: HttpReply, done: () => void): void {
  if (/^\/docs(?:[/?]|$)/.test(request.url)) reply.header('content-security-policy', DOCS_POLICY);
  done();
}

/** JSON only. A call that takes something else adds its own parser. */
function setUpBodies(server: HttpServer): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parseJsonBody(body as string));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** Requests on connections that are still open when the replica stops. */
function refuseWhileStopping(state: ServiceState) {
  return (request: HttpRequest, reply: HttpReply, done: (error?: Error) => void): void => {
    if (state.stage !== 'stopping' || request.url.startsWith('/health')) return done();
    reply.header('connection', 'close');
    done(new DomainError('SHUTTING_DOWN', 'this replica is stopping: try another, or again'));
  };
}

/** For requests that the router itself refuses, before any hook has run. */
export function answerFrameworkError(error: unknown, request: HttpRequest, reply: HttpReply): void {
  reply.header(REQUEST_ID_HEADER, request.id);
  new ProblemFilter(new RouteTable()).answer(error, request, reply);
}
