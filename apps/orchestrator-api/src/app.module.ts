import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { LoadedConfig } from '@weir/config';
import { SecretsSection, serviceSections } from '@weir/config';
import { DatabaseModule, databaseOptionsOf } from '@weir/database';
import { AuthModule } from './auth/auth.module';
import { HttpModule } from './http/http.module';
import { InstancesModule } from './instances/instances.module';
import { NoticesModule } from './notices/notices.module';
import { WatchModule } from './watch/watch.module';

export const SERVICE_NAME = 'orchestrator-api';

export const CONFIG_SECTIONS = { ...serviceSections, secrets: SecretsSection } as const;

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
      ],
    };
  }
}
