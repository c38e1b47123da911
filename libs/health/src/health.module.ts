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
  /** Indicators of this service alone, beside those that every service has. */
  readonly indicators?: readonly Type<Indicator>[];
  /** Modules whose providers those indicators need. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
}

const standardIndicators: readonly Type<Indicator>[] = [
  DatabaseIndicator,
  SchemaIndicator,
  PoolIndicator,
  RedisIndicator,
  EnvironmentIndicator,
  EventLoopIndicator,
  MemoryIndicator,
  DiskIndicator,
];

/**
 * Mounts the health endpoints. Needs, from global modules: a TypeORM `DataSource`, the `QueueConnection` of
 * QueuesModule, the configuration's `EnvironmentSection` and `LoggingSection`, and for everything but the
 * bare status an `OPERATIONAL_GUARD`.
 */
@Module({})
export class HealthModule {
  static forService(options: HealthOptions): DynamicModule {
    const indicators = [...standardIndicators, ...(options.indicators ?? [])];
    return {
      module: HealthModule,
      global: true,
      imports: [TerminusModule.forRoot({ logger: false }), ...(options.imports ?? [])],
      controllers: [HealthController],
      providers: [
        ...indicators,
        {
          provide: INDICATORS,
          inject: indicators,
          useFactory: (...instances: Indicator[]) => instances,
        },
        { provide: ServiceState, useValue: options.state },
        HealthService,
      ],
      exports: [ServiceState, HealthService],
    };
  }
}
