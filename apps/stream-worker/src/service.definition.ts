import type { ServiceDefinition } from '@weir/bootstrap';
import { processSections } from '@weir/config';
import { AppModule } from './app.module';
import { InstanceSection } from './instance/instance.section';

const sections = { ...processSections, instance: InstanceSection } as const;

/** No PostgreSQL, no Redis: an instance knows its control plane only by its REST API. */
export const SERVICE: ServiceDefinition<typeof sections> = {
  name: 'stream-worker',
  configSections: sections,
  // Handing over hundreds of streams takes longer than ending a service of the control plane.
  defaults: { WEIR_PORT: '7080', WEIR_SHUTDOWN_GRACE: '40' },
  module: () => AppModule.create(),
};
