import type { ServiceDefinition } from '@weir/bootstrap';
import { AppModule, CONFIG_SECTIONS, SERVICE_NAME } from './app.module';
import { answerFrameworkError, SERVER_OPTIONS, setUpHttp } from './http/http.setup';
import { setUpOpenApi } from './openapi/openapi.setup';

/** This service as `bootstrapService` starts it; tests build the same application from it. */
export const SERVICE: ServiceDefinition<typeof CONFIG_SECTIONS> = {
  name: SERVICE_NAME,
  configSections: CONFIG_SECTIONS,
  defaults: { WEIR_PORT: '7070' },
  server: { ...SERVER_OPTIONS, frameworkErrors: answerFrameworkError },
  module: ({ config }) => AppModule.forConfig(config),
  configure: async (app) => {
    await setUpHttp(app);
    setUpOpenApi(app);
  },
};
