import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { CONFIG } from '@weir/config';
import { LOGGER, MetricsRegistry, OPERATIONAL_GUARD } from '@weir/observability';
import { WeirClient } from '@weir/worker-client';
import { createClient } from './instance/client.factory';
import { InstanceSection } from './instance/instance.section';
import { InstanceService } from './instance/instance.service';
import { OwnKeyGuard } from './instance/own-key.guard';
import { createRunCounters, exposeStreams } from './streams/stream.metrics';
import { StreamRegistry } from './streams/stream.registry';
import { StreamsController } from './streams/streams.controller';

/**
 * stream-worker: the embedded client, the streams that it starts and stops, and what they measure.
 */
@Module({})
export class AppModule {
  static create(): DynamicModule {
    return {
      module: AppModule,
      global: true,
      controllers: [StreamsController],
      providers: [
        {
          provide: StreamRegistry,
          inject: [MetricsRegistry, InstanceSection],
          useFactory: createRegistry,
        },
        {
          provide: WeirClient,
          inject: [CONFIG, StreamRegistry, LOGGER, MetricsRegistry],
          useFactory: createClient,
        },
        InstanceService,
        OwnKeyGuard,
        { provide: OPERATIONAL_GUARD, useExisting: OwnKeyGuard },
      ],
      exports: [OPERATIONAL_GUARD],
    };
  }
}

function createRegistry(
  metrics: MetricsRegistry,
  { kbpsPerWeight }: InstanceSection,
): StreamRegistry {
  const registry = new StreamRegistry(createRunCounters(metrics), kbpsPerWeight);
  exposeStreams(metrics, registry);
  return registry;
}
