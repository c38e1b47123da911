import type { ServiceDefinition } from '@weir/bootstrap';
import { AppModule, CONFIG_SECTIONS, SERVICE_NAME } from './app.module';

/** This service as `bootstrapService` starts it; tests build the same application from it. */
export const SERVICE: ServiceDefinition<typeof CONFIG_SECTIONS> = {
  name: SERVICE_NAME,
  configSections: CONFIG_SECTIONS,
  defaults: { WEIR_PORT: '7073' },
  module: ({ config }) => AppModule.forConfig(config),
};
