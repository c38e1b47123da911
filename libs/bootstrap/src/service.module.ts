import { Module } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { ConfigModule, DatabaseSection, RedisSection } from '@weir/config';
import { HealthModule } from '@weir/health';
import type { Indicator } from '@weir/health';
import { ObservabilityModule } from '@weir/observability';
import { QueueObserver, QueuesModule } from '@weir/queues';
import { QueueMetrics } from './queue.metrics';
import type { ServiceContext, ServiceSections } from './service.definition';

@Module({})
class QueueMetricsModule {}

/** The module around every service's own: configuration, logs, metrics, queues and health. */
@Module({})
export class ServiceModule {
  static around<S extends ServiceSections>(
    context: ServiceContext<S>,
    modules: readonly (DynamicModule | Type)[],
    indicators: readonly Type<Indicator>[] = [],
  ): DynamicModule {
    const { config, state } = context;
    const hasRedis = findSection(config, RedisSection) !== undefined;
    const hasDatabase = findSection(config, DatabaseSection) !== undefined;
    return {
      module: ServiceModule,
      imports: [
        ConfigModule.forRoot(config),
        ObservabilityModule.forRoot(context),
        ...(hasRedis ? [queueMetrics(context), QueuesModule.forRoot()] : []),
        HealthModule.forService({ state, hasDatabase, hasRedis, indicators }),
        ...modules,
      ],
    };
  }
}

/** The section of that class in a loaded configuration, under whatever name. */
export function findSection<T extends object>(
  config: Readonly<Record<string, object>>,
  sectionClass: Type<T>,
): T | undefined {
  return Object.values(config).find((section): section is T => section instanceof sectionClass);
}

function queueMetrics({ metrics }: ServiceContext<ServiceSections>): DynamicModule {
  const observer = { provide: QueueObserver, useValue: new QueueMetrics(metrics) };
  return { module: QueueMetricsModule, global: true, providers: [observer], exports: [observer] };
}
