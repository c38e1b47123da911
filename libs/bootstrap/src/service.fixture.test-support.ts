import {
  Controller,
  Get,
  Module,
  type BeforeApplicationShutdown,
  type CanActivate,
} from '@nestjs/common';
import { SecretsSection, serviceSections } from '@weir/config';
import { DatabaseModule, databaseOptionsOf } from '@weir/database';
import { OPERATIONAL_GUARD } from '@weir/observability';
import { bootstrapService } from './index';

const everybody: CanActivate = { canActivate: () => true };

/** What the test asked this process to do wrong. */
const mode = process.env['FIXTURE_MODE'] ?? '';

@Controller()
class FixtureController {
  @Get('crash')
  crash(): string {
    setImmediate(() => {
      throw new Error('nobody catches this');
    });
    return 'crashing';
  }

  @Get('reject')
  reject(): string {
    void Promise.reject(new Error('nobody awaits this'));
    return 'rejecting';
  }
}

@Module({
  controllers: [FixtureController],
  providers: [{ provide: OPERATIONAL_GUARD, useValue: everybody }],
  exports: [OPERATIONAL_GUARD],
})
class FixtureModule implements BeforeApplicationShutdown {
  async beforeApplicationShutdown(): Promise<void> {
    if (process.connected) process.send?.({ type: 'finishing' });
    if (mode === 'hang-on-stop') await new Promise(() => {});
  }
}

void bootstrapService({
  name: 'fixture-service',
  configSections: { ...serviceSections, secrets: SecretsSection },
  defaults: { WEIR_PORT: '0' },
  optionalModules: [
    { name: 'absent-part', load: () => import('weir-part-that-is-absent' as string) },
  ],
  phases: [
    {
      name: 'own-phase',
      run: async () => {
        if (mode === 'hang-on-start') await new Promise(() => {});
      },
    },
  ],
  module: ({ config }) => ({
    module: FixtureModule,
    global: true,
    imports: [
      DatabaseModule.forRoot(
        databaseOptionsOf(config.database, 'fixture-service'),
        config.secrets.encryptionKey.reveal(),
      ),
    ],
  }),
});
