export { EmbeddedError, type EmbeddedErrorCode } from './embedded.error';
export { freePorts, portTaken } from './port.probe';
export { type PostgresBinaries, providePostgresBinaries } from './postgres.binaries';
export { resolvePostgresDataDir } from './postgres.data-dir';
export { type PostgresOptions, type PostgresServer } from './postgres.types';
export { startPostgres } from './postgres.server';
export { findRedisProgram, type RedisKind } from './redis.kind';
export { type RedisOptions, type RedisServer, startRedis } from './redis.server';
