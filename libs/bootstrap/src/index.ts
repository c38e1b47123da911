export { bootstrapService } from './bootstrap';
export { createApplication } from './application.factory';
export type { ServerOptions } from './application.factory';
export { loadOptional } from './optional.modules';
export type { ParentMessage } from './parent.channel';
export { retryWithin } from './retry';
export type { FailedAttempt, RetryOutcome } from './retry';
export { replicaName, ServiceBeat } from './service.beat';
export type {
  OptionalModule,
  ServiceContext,
  ServiceDefinition,
  ServicePhase,
  ServiceSections,
} from './service.definition';
export { findSection, ServiceModule } from './service.module';
export { StartupError } from './startup.error';
