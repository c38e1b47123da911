import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { serviceSections } from '@weir/config';
import type { LoadedConfig } from '@weir/config';
import { DatabaseModule, databaseOptionsOf, KeyModule, KeyOperationalGuard } from '@weir/database';
import { OPERATIONAL_GUARD } from '@weir/observability';
import { HealthDriver } from './health/health.driver';
import { HealthMetrics } from './health/health.metrics';
import { HealthProcessor } from './health/health.processor';
import { HealthSchedule } from './health/health.schedule';
import { SystemHealthController } from './health/system-health.controller';
import { SystemObserver } from './health/system.observer';
import { HealthSection } from './health.section';

export const SERVICE_NAME = 'health-aggregator';

export const CONFIG_SECTIONS = { ...serviceSections, health: HealthSection } as const;

/** health-aggregator: looks at every part of the system, scores it, and keeps the history. */
@Module({})
export class AppModule {
  static forConfig(config: LoadedConfig<typeof CONFIG_SECTIONS>): DynamicModule {
    return {
      module: AppModule,
      global: true,
      imports: [
        DatabaseModule.forRoot(databaseOptionsOf(config.database, SERVICE_NAME)),
        KeyModule,
      ],
      controllers: [SystemHealthController],
      providers: [
        SystemObserver,
        HealthMetrics,
        HealthDriver,
        HealthProcessor,
        HealthSchedule,
        { provide: OPERATIONAL_GUARD, useExisting: KeyOperationalGuard },
      ],
      exports: [OPERATIONAL_GUARD],
    };
  }
}
