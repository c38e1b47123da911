export {
  EpochGate,
  epochHeaders,
  readEpochHeaders,
  STREAM_EPOCH_HEADER,
  STREAM_ID_HEADER,
} from './http.fence';
export { PostgresFence, type SqlQuery } from './postgres.fence';
export { type FencedEffect, type RedisEval, RedisFence } from './redis.fence';
export { type FencedStream, StaleEpochError } from './stale.epoch.error';
