import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';

/** The whole loaded configuration of the service, as `loadConfig` returned it. */
export const CONFIG = Symbol('weir:config');

/**
 * Makes a loaded configuration injectable everywhere: each section under its own class, so that a
 * provider asks for `HttpSection` and gets exactly what it needs, and the whole under `CONFIG`.
 */
@Module({})
export class ConfigModule {
  static forRoot(config: Readonly<Record<string, object>>): DynamicModule {
    const providers: Provider[] = [
      { provide: CONFIG, useValue: config },
      ...Object.values(config).map((section) => ({
        provide: section.constructor,
        useValue: section,
      })),
    ];
    return { module: ConfigModule, global: true, providers, exports: providers };
  }
}
