import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { ProblemCode } from '@weir/domain';
import { HEARTBEAT_MODELS, HEARTBEAT_PATH_ITEM } from '../instances/heartbeat.openapi';
import { HEARTBEAT_PATH } from '../instances/heartbeat.route';
import { readBuildInfo } from '@weir/observability';
import { ProblemDto } from './problem.dto';
import { groupByStatus, problemResponse } from './problems.decorator';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** What every operation with a key may answer, beside its own problems. */
const COMMON_CODES: readonly ProblemCode[] = [
  'INVALID_INPUT',
  'KEY_MISSING',
  'KEY_INVALID',
  'ROLE_FORBIDDEN',
  'FLEET_FORBIDDEN',
  'TOO_MANY_REQUESTS',
  'DATABASE_UNAVAILABLE',
  'SHUTTING_DOWN',
];

/** Serves /docs and /docs-json. */
export function setUpOpenApi(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => createOpenApiDocument(app), {
    jsonDocumentUrl: 'docs-json',
    yamlDocumentUrl: 'docs-yaml',
    customSiteTitle: 'Weir API',
    swaggerOptions: { persistAuthorization: false, tryItOutEnabled: false },
  });
}

const DESCRIPTION =
  'Keeps long-lived streams running on a fleet: always somewhere, nowhere twice.\n\n' +
  'While the database is away, writes are answered 503 with `Retry-After`. Reads with ' +
  '`x-weir-may-be-stale` are answered as they were last, at most ten minutes ago, with ' +
  '`stale: true` and their age in the header `x-weir-stale-ms`.';

/** The description of every route, generated from controllers and DTOs. */
export function createOpenApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const options = new DocumentBuilder()
    .setTitle('Weir')
    .setDescription(DESCRIPTION)
    .setVersion(readBuildInfo().version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key: weir_<role>_...' })
    .build();
  const document = SwaggerModule.createDocument(app, options, {
    extraModels: [ProblemDto, ...HEARTBEAT_MODELS],
  });
  document.paths[HEARTBEAT_PATH.replaceAll(/:(\w+)/g, '{$1}')] = HEARTBEAT_PATH_ITEM;
  for (const operation of operationsOf(document)) addCommonProblems(operation);
  return document;
}

function operationsOf(document: OpenAPIObject): Operation[] {
  return Object.values(document.paths).flatMap((path) =>
    METHODS.flatMap((method) => path[method] ?? []),
  );
}

function addCommonProblems(operation: Operation): void {
  if (!operation.security?.length) return;
  for (const [status, codes] of groupByStatus(COMMON_CODES)) {
    operation.responses[String(status)] ??= problemResponse(codes);
  }
}
