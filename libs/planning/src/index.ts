export { FleetCache, type CachedStream, type EndedMoves } from './fleet.cache';
export { buildSnapshot, type BuiltSnapshot } from './fleet.snapshot';
export { toPlannerSettings } from './planner.settings';
