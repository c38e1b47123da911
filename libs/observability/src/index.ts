export * from './build.info';
export * from './http.hooks';
export * from './log.redaction';
export * from './logger.factory';
export * from './metrics.registry';
export * from './observability.module';
export * from './operational.guard';
export * from './request.context';
