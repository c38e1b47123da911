import { Logger as NestLogger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  CONFIGURATION_EXIT_CODE,
  ConfigurationError,
  DatabaseSection,
  loadConfig,
  RedisSection,
} from '@weir/config';
import type { LoadedConfig } from '@weir/config';
import { databaseOptionsOf } from '@weir/database';
import { ServiceState } from '@weir/health';
import { createLogger, createNestLogger, MetricsRegistry } from '@weir/observability';
import { createApplication } from './application.factory';
import { loadOptional } from './optional.modules';
import { tellParent } from './parent.channel';
import { PhaseRecorder } from './phase.recorder';
import { waitForPostgres } from './phases/postgres.phase';
import { waitForRedis } from './phases/redis.phase';
import { waitForSchema } from './phases/schema.phase';
import { messageOf } from './retry';
import { ServiceBeat } from './service.beat';
import type { ServiceContext, ServiceDefinition, ServiceSections } from './service.definition';
import { findSection, ServiceModule } from './service.module';
import { installShutdown } from './shutdown';

/**
 * Starts a service and keeps it until a signal ends it. Ends the process with 78 when the
 * configuration is wrong and with 1 when the service cannot start; resolves when it is ready.
 */
export async function bootstrapService<S extends ServiceSections>(
  definition: ServiceDefinition<S>,
): Promise<void> {
  const config = loadConfigOrExit(definition);
  const context = createContext(definition.name, config);
  const phases = new PhaseRecorder(context.state, context.logger, context.metrics);
  let app: NestFastifyApplication | undefined;
  let beat: ServiceBeat | undefined;
  installShutdown({
    ...context,
    graceMs: config.startup.shutdownGraceMs,
    findClose: () => app && closing(app, () => beat),
  });
  const budget = limitStart(config.startup.appTimeoutMs, context, phases);
  try {
    await prepare(definition, context, phases);
    await phases.run('application', async () => {
      app = await buildApplication(definition, context);
    });
    const url = await listen(app, definition, { context, phases });
    const hasDatabase = findSection(config, DatabaseSection) !== undefined;
    beat = app && hasDatabase ? ServiceBeat.start(app, context, url) : undefined;
    announceReady(context, url);
  } catch (error) {
    exitFailed(context, error);
  } finally {
    clearTimeout(budget);
  }
}

/** The last beat goes out before the connections close. */
function closing(
  app: NestFastifyApplication,
  findBeat: () => ServiceBeat | undefined,
): () => Promise<void> {
  return async () => {
    await findBeat()?.stop();
    await app.close();
  };
}

function loadConfigOrExit<S extends ServiceSections>(
  definition: ServiceDefinition<S>,
): LoadedConfig<S> {
  try {
    const defaults = definition.defaults ?? {};
    return loadConfig(definition.configSections, process.env, { defaults });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${definition.name}: ${error.message}\n`);
    tellParent({ type: 'failed', service: definition.name, message: error.message });
    process.exit(CONFIGURATION_EXIT_CODE);
  }
}

function createContext<S extends ServiceSections>(
  name: string,
  config: LoadedConfig<S>,
): ServiceContext<S> {
  const logger = createLogger(config.logging, name);
  NestLogger.overrideLogger(createNestLogger(logger));
  return { config, logger, metrics: new MetricsRegistry(name), state: new ServiceState(name) };
}

/**
 * What comes before the application: connections side by side, then the schema, then the service's
 * own.
 */
async function prepare<S extends ServiceSections>(
  definition: ServiceDefinition<S>,
  context: ServiceContext<S>,
  phases: PhaseRecorder,
): Promise<void> {
  const { config, logger } = context;
  const database = findSection(config, DatabaseSection);
  const redis = findSection(config, RedisSection);
  const { postgresTimeoutMs, redisTimeoutMs, appTimeoutMs } = config.startup;
  const waits: Promise<void>[] = [];
  if (redis !== undefined) {
    waits.push(phases.run('redis', () => waitForRedis(redis, redisTimeoutMs, logger)));
  }
  if (database !== undefined) {
    const options = databaseOptionsOf(database, definition.name);
    const connect = phases.run('postgresql', () =>
      waitForPostgres(options, postgresTimeoutMs, logger),
    );
    waits.push(
      connect.then(() => phases.run('schema', () => waitForSchema(options, appTimeoutMs, logger))),
    );
  }
  await Promise.all(waits);
  for (const phase of definition.phases ?? []) {
    await phases.run(phase.name, () => phase.run(context));
  }
}

async function buildApplication<S extends ServiceSections>(
  definition: ServiceDefinition<S>,
  context: ServiceContext<S>,
): Promise<NestFastifyApplication> {
  const optional = await Promise.all(
    (definition.optionalModules ?? []).map(({ name, load }) => loadOptional(name, load, context)),
  );
  const loaded = optional.filter((module) => module !== undefined);
  const modules = [definition.module(context), ...loaded];
  const root = ServiceModule.around(context, modules, definition.indicators);
  const app = await createApplication(root, context, definition.server);
  await definition.configure?.(app, context);
  await app.init();
  return app;
}

/** The address that the service listens on, or null without HTTP. */
async function listen<S extends ServiceSections>(
  app: NestFastifyApplication | undefined,
  definition: ServiceDefinition<S>,
  { context, phases }: { readonly context: ServiceContext<S>; readonly phases: PhaseRecorder },
): Promise<string | null> {
  if (app === undefined || definition.listen === false) return null;
  const { host, port } = context.config.http;
  await phases.run('listen', async () => {
    await app.listen(port, host);
  });
  return app.getUrl();
}

function announceReady<S extends ServiceSections>(
  { state, logger, metrics }: ServiceContext<S>,
  url: string | null,
): void {
  const durationMs = Math.round(performance.now());
  state.markReady();
  metrics
    .gauge({ name: 'startup_seconds', help: 'Time from the start of the process to ready.' })
    .set(durationMs / 1000);
  logger.info({ url, durationMs }, 'ready');
  tellParent({ type: 'ready', service: state.service, url, durationMs });
}

/** Ends the process when the whole start takes longer than it may. */
function limitStart<S extends ServiceSections>(
  appTimeoutMs: number,
  context: ServiceContext<S>,
  phases: PhaseRecorder,
): NodeJS.Timeout {
  return setTimeout(() => {
    const running = phases.runningPhases.join(', ') || 'none';
    const budget = `${appTimeoutMs / 1000} s (APP_STARTUP_TIMEOUT)`;
    exitFailed(context, new Error(`not started within ${budget}; phases under way: ${running}`));
  }, appTimeoutMs);
}

function exitFailed<S extends ServiceSections>(
  { state, logger }: ServiceContext<S>,
  error: unknown,
): never {
  const message = `cannot start: ${messageOf(error)}`;
  logger.fatal({ err: error }, message);
  tellParent({ type: 'failed', service: state.service, message });
  process.exit(1);
}
