export * from './picture.repository';
export * from './recount.repository';
export * from './report.repository';
export * from './resync-request.repository';
export * from './retention.repository';
export * from './retirement.repository';
export * from './stuck.sql';
