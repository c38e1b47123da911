import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { serviceSections } from '@weir/config';
import type { LoadedConfig } from '@weir/config';
import { DatabaseModule, databaseOptionsOf, KeyModule, KeyOperationalGuard } from '@weir/database';
import { OPERATIONAL_GUARD } from '@weir/observability';
import { CheckerMetrics } from './checker.metrics';
import { ConsistencySection } from './consistency.section';
import { Maintenance } from './maintenance/maintenance';
import { FleetVerifier } from './run/fleet.verifier';
import { ConsistencyProcessor } from './schedule/consistency.processor';
import { ConsistencySchedule } from './schedule/consistency.schedule';
import { CheckDriver } from './schedule/check.driver';

export const SERVICE_NAME = 'consistency-checker';

export const CONFIG_SECTIONS = { ...serviceSections, consistency: ConsistencySection } as const;

/**
 * consistency-checker: verification and repair by schedule and on demand, and the upkeep of
 * history.
 */
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
      providers: [
        CheckerMetrics,
        CheckDriver,
        FleetVerifier,
        ConsistencyProcessor,
        ConsistencySchedule,
        Maintenance,
        { provide: OPERATIONAL_GUARD, useExisting: KeyOperationalGuard },
      ],
      exports: [OPERATIONAL_GUARD],
    };
  }
}
