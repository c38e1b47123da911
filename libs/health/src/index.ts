export * from './health.module';
export { HealthService } from './health.service';
export type { HealthAnswer } from './health.service';
export * from './indicator';
export * from './probe';
export * from './service.state';
