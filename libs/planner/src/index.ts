import './shapes.keeper';
export { plan, type PlanContext } from './planner';
export { checkMoves, type WantedMove } from './check.moves';
export { explain, type ExplainContext } from './explain';
export { defaultPlannerSettings, type PlannerSettings } from './boundary/planner.settings';
export type {
  FleetSnapshot,
  InstanceStatus,
  InstanceView,
  MoveView,
  StreamView,
} from './boundary/snapshot.view';
export type {
  Plan,
  PlanStats,
  Scores,
  Step,
  StepReason,
  UnplacedStream,
} from './boundary/plan.view';
export type {
  BandTerms,
  Explanation,
  InstanceExplanation,
  Obstacle,
  ObstacleRule,
  ScoreTerms,
} from './boundary/explanation.view';
