import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { MetricsController } from './metrics.controller';
import { MetricsRegistry } from './metrics.registry';
import type { Logger } from './logger.factory';

/** The process's pino logger, for code that logs fields and not only text. */
export const LOGGER = Symbol('weir:logger');

export interface Observability {
  readonly metrics: MetricsRegistry;
  readonly logger: Logger;
}

/** Serves `GET /metrics`; makes `MetricsRegistry` and `LOGGER` injectable everywhere. */
@Module({})
export class ObservabilityModule {
  static forRoot({ metrics, logger }: Observability): DynamicModule {
    const providers = [
      { provide: MetricsRegistry, useValue: metrics },
      { provide: LOGGER, useValue: logger },
    ];
    return {
      module: ObservabilityModule,
      global: true,
      controllers: [MetricsController],
      providers,
      exports: providers,
    };
  }
}
