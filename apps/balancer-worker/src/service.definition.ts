import type { ServiceDefinition } from '@weir/bootstrap';
import { AppModule, CONFIG_SECTIONS, SERVICE_NAME } from './app.module';
import { BrakesIndicator, tellBrakes } from './brakes.indicator';
import { ControlLoops } from './control.loops';

/** This service as `bootstrapService` starts it; tests build the same application from it. */
export const SERVICE: ServiceDefinition<typeof CONFIG_SECTIONS> = {
  name: SERVICE_NAME,
  configSections: CONFIG_SECTIONS,
  defaults: { WEIR_PORT: '7071' },
  module: ({ config }) => AppModule.forConfig(config),
  indicators: [BrakesIndicator],
  /** health-aggregator reads the brakes from this service's beats. */
  configure: (app, { state }) => {
    const loops = app.get(ControlLoops);
    state.describe('brakes', () => tellBrakes(loops.brakes, performance.now()));
  },
};
