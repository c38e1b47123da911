import { Module } from '@nestjs/common';
import type { DynamicModule, ModuleMetadata, Type } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller';
import { HealthService, INDICATORS } from './health.service';
import type { Indicator } from './indicator';
import { DatabaseIndicator } from './indicators/database.indicator';
import { DiskIndicator } from './indicators/disk.indicator';
import { EnvironmentIndicator } from './indicators/environment.indicator';
import { EventLoopIndicator } from './indicators/event-loop.indicator';
import { MemoryIndicator } from './indicators/memory.indicator';
import { PoolIndicator } from './indicators/pool.indicator';
import { RedisIndicator } from './indicators/redis.indicator';
import { SchemaIndicator } from './indicators/schema.indicator';
import { ServiceState } from './service.state';

export interface HealthOptions {
  readonly state: ServiceState;
  /** False for a service without PostgreSQL; true when left out. */
  readonly hasDatabase?: boolean;
  /** False for a service without Redis; true when left out. */
  readonly hasRedis?: boolean;
  /** Indicators of this service alone, beside those that every service has. */
  readonly indicators?: readonly Type<Indicator>[];
  /** Modules whose providers those indicators need. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
}

const databaseIndicators = [DatabaseIndicator, SchemaIndicator, PoolIndicator];
const processIndicators = [
  EnvironmentIndicator,
  EventLoopIndicator,
  MemoryIndicator,
  DiskIndicator,
];

/**
 * Mounts the health endpoints. Needs, from global modules: a TypeORM `DataSource` and the
 * `QueueConnection` of QueuesModule (each unless switched off), the configuration's
 * `EnvironmentSection` and `LoggingSection`, and for everything but the bare status an
 * `OPERATIONAL_GUARD`.
 */
@Module({})
export class HealthModule {
  static forService(options: HealthOptions): DynamicModule {
    const indicators = indicatorsOf(options);
    return {
      module: HealthModule,
      global: true,
      imports: [TerminusModule.forRoot({ logger: false }), ...(options.imports ?? [])],
      controllers: [HealthController],
      providers: [
        ...indicators,
        {
          provide: INDICATORS,
          inject: [...indicators],
          useFactory: (...instances: Indicator[]) => instances,
        },
        { provide: ServiceState, useValue: options.state },
        HealthService,
      ],
      exports: [ServiceState, HealthService],
    };
  }
}

function indicatorsOf(options: HealthOptions): readonly Type<Indicator>[] {
  const { hasDatabase = true, hasRedis = true, indicators = [] } = options;
  return [
    ...(hasDatabase ? databaseIndicators : []),
    ...(hasRedis ? [RedisIndicator] : []),
    ...processIndicators,
    ...indicators,
  ];
}
