import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { SecretsSection, serviceSections } from '@weir/config';
import type { LoadedConfig } from '@weir/config';
import { DatabaseModule, databaseOptionsOf, KeyModule, KeyOperationalGuard } from '@weir/database';
import { OPERATIONAL_GUARD } from '@weir/observability';
import { BalanceProcessor } from './balance.processor';
import { ControlLoops } from './control.loops';

export const SERVICE_NAME = 'balancer-worker';

export const CONFIG_SECTIONS = { ...serviceSections, secrets: SecretsSection } as const;

/**
 * balancer-worker: the control loops, their doorbell, and the guard of what it tells about itself.
 */
@Module({})
export class AppModule {
  static forConfig(config: LoadedConfig<typeof CONFIG_SECTIONS>): DynamicModule {
    const options = databaseOptionsOf(config.database, SERVICE_NAME);
    return {
      module: AppModule,
      global: true,
      imports: [DatabaseModule.forRoot(options, config.secrets.encryptionKey.reveal()), KeyModule],
      providers: [
        ControlLoops,
        BalanceProcessor,
        { provide: OPERATIONAL_GUARD, useExisting: KeyOperationalGuard },
      ],
      exports: [OPERATIONAL_GUARD, ControlLoops],
    };
  }
}
