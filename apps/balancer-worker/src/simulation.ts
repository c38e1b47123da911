/** What tools/simulator runs of this service: the control loops of all fleets. */
export { FleetSupervisor } from './fleets/fleet.supervisor';
export type { SupervisorObserver } from './fleets/fleet.supervisor';
