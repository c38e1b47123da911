export { FleetCache, type CachedStream, type EndedMoves } from './fleet.cache';
export { buildSnapshot, type BuiltSnapshot } from './fleet.snapshot';
export { PLANNING_SETTINGS, toPlannerSettings, type PlanningSettings } from './planner.settings';
