import type { DynamicModule, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Environment, LoadedConfig, processSections, SectionClass } from '@weir/config';
import type { Indicator, ServiceState } from '@weir/health';
import type { Logger, MetricsRegistry } from '@weir/observability';
import type { ServerOptions } from './application.factory';

/**
 * Sections a service asks for: `processSections` at least, usually `serviceSections` and its own.
 */
export type ServiceSections = typeof processSections & Readonly<Record<string, SectionClass>>;

/** What exists before the application does. */
export interface ServiceContext<S extends ServiceSections> {
  readonly config: LoadedConfig<S>;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  readonly state: ServiceState;
}

/** A further step of the start, after the database is ready and before the application is built. */
export interface ServicePhase<S extends ServiceSections> {
  readonly name: string;
  run(context: ServiceContext<S>): Promise<void>;
}

/** A part that the service can do without, such as one whose package may not be installed. */
export interface OptionalModule {
  readonly name: string;
  load(): Promise<DynamicModule | Type>;
}

/** What makes one service different from another. */
export interface ServiceDefinition<S extends ServiceSections> {
  readonly name: string;
  /**
   * The sections by name. With `DatabaseSection` among them the start waits for PostgreSQL and its
   * schema, with `RedisSection` it waits for Redis and mounts the queues.
   */
  readonly configSections: S;
  /** Defaults of this service by variable name, such as its port. */
  readonly defaults?: Environment;
  /**
   * The application. It imports DatabaseModule itself and provides the OPERATIONAL_GUARD globally.
   */
  readonly module: (context: ServiceContext<S>) => DynamicModule | Type;
  readonly optionalModules?: readonly OptionalModule[];
  readonly phases?: readonly ServicePhase<S>[];
  /** Pipes, filters, OpenAPI and the like; called before the application initializes. */
  readonly configure?: (
    app: NestFastifyApplication,
    context: ServiceContext<S>,
  ) => void | Promise<void>;
  /** Options of the HTTP server that can only be given before it exists. */
  readonly server?: ServerOptions;
  /** Shown in /health/detailed beside those that every service has; built with what is global. */
  readonly indicators?: readonly Type<Indicator>[];
  /** False for a program without HTTP; true when left out. */
  readonly listen?: boolean;
}
