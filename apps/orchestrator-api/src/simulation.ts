/** What tools/simulator runs of this service: everything between a request and the database. */
export { assertHeartbeat } from './instances/heartbeat.check';
export { HeartbeatRenewals } from './instances/heartbeat.renewals';
export { HeartbeatService } from './instances/heartbeat.service';
export { InstancesService } from './instances/instances.service';
export { StreamReportBuffer } from './instances/stream-report.buffer';
export { FleetsCache } from './notices/fleets.cache';
export { NoticeBus } from './notices/notice.bus';
export { mapToProblem } from './problem/problem.mapping';
export { WatchHub } from './watch/watch.hub';
export type { WatchSink } from './watch/watcher';
