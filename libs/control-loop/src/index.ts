export { ApiLiveness } from './lease/api.liveness';
export type { ApiBeat } from './lease/api.liveness';
export type { BrakeChange, EngagedBrake } from './lease/brake';
export { FleetDriver } from './loop/fleet.driver';
export type { FleetSurroundings, LoopObserver } from './loop/fleet.driver';
export { FleetLoop } from './loop/fleet.loop';
export type { FleetAction, FleetEvent, FleetStep } from './loop/fleet.loop';
export { BalanceRound } from './round/balance.round';
export type { RoundReport } from './round/round.report';
