export * from './fleet-figures.repository';
export * from './health-sample.repository';
export * from './postgres-figures.repository';
