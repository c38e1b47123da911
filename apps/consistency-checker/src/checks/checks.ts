import { assignmentToRetiredInstanceCheck } from './assignment-to-retired-instance.check';
import { capacityExceededCheck } from './capacity-exceeded.check';
import type { Check } from './check';
import { counterDriftCheck } from './counter-drift.check';
import { expiredLeaseStillOwningCheck } from './expired-lease-still-owning.check';
import { orphanedStreamCheck } from './orphaned-stream.check';
import { runningButNotAssignedCheck } from './running-but-not-assigned.check';
import { stuckMoveCheck } from './stuck-move.check';
import { stuckStopCheck } from './stuck-stop.check';

/** Every check, those first whose repair others rely on: counters before what is judged by them. */
export const CHECKS: readonly Check[] = [
  counterDriftCheck,
  runningButNotAssignedCheck,
  expiredLeaseStillOwningCheck,
  assignmentToRetiredInstanceCheck,
  capacityExceededCheck,
  orphanedStreamCheck,
  stuckStopCheck,
  stuckMoveCheck,
];
