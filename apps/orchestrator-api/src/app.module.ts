import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { LoadedConfig } from '@weir/config';
import { SecretsSection, serviceSections } from '@weir/config';
import { DatabaseModule, OrdinaryReadsModule, databaseOptionsOf } from '@weir/database';
import { AssignmentsModule } from './assignments/assignments.module';
import { AuthModule } from './auth/auth.module';
import { BrakesModule } from './brakes/brakes.module';
import { ConsistencyModule } from './consistency/consistency.module';
import { EventsModule } from './events/events.module';
import { FleetsModule } from './fleets/fleets.module';
import { HttpModule } from './http/http.module';
import { IdempotencyModule } from './idempotency/idempotency.module';
import { ImportModule } from './import/import.module';
import { InstancesAdminModule } from './instances-admin/instances-admin.module';
import { InstancesModule } from './instances/instances.module';
import { KeysModule } from './keys/keys.module';
import { MovesModule } from './moves/moves.module';
import { NoticesModule } from './notices/notices.module';
import { PlanningModule } from './planning/planning.module';
import { RebalancesModule } from './rebalances/rebalances.module';
import { StaleModule } from './stale/stale.module';
import { StreamsModule } from './streams/streams.module';
import { SystemHealthModule } from './system-health/system-health.module';
import { WatchModule } from './watch/watch.module';

export const SERVICE_NAME = 'orchestrator-api';

export const CONFIG_SECTIONS = { ...serviceSections, secrets: SecretsSection } as const;

/** What operators do and see. */
const OPERATOR_MODULES = [
  FleetsModule,
  StreamsModule,
  ImportModule,
  InstancesAdminModule,
  AssignmentsModule,
  MovesModule,
  RebalancesModule,
  BrakesModule,
  PlanningModule,
  EventsModule,
  KeysModule,
  ConsistencyModule,
  SystemHealthModule,
];

/** What every part of this service shares, then one module per feature. */
@Module({})
export class AppModule {
  static forConfig(config: LoadedConfig<typeof CONFIG_SECTIONS>): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DatabaseModule.forRoot(
          databaseOptionsOf(config.database, SERVICE_NAME),
          config.secrets.encryptionKey.reveal(),
        ),
        NoticesModule,
        AuthModule,
        HttpModule,
        InstancesModule,
        WatchModule,
        OrdinaryReadsModule,
        IdempotencyModule,
        StaleModule,
        ...OPERATOR_MODULES,
      ],
    };
  }
}
