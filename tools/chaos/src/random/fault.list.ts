import type { FaultKind } from './fault.kind';
import { INSTANCE_FAULTS } from './instance.faults';
import { OPERATOR_FAULTS } from './operator.faults';
import { SERVICE_FAULTS } from './service.faults';
import { STORE_FAULTS } from './store.faults';

/** Everything that random faults are drawn from. */
export const FAULT_KINDS: readonly FaultKind[] = [
  ...INSTANCE_FAULTS,
  ...SERVICE_FAULTS,
  ...STORE_FAULTS,
  ...OPERATOR_FAULTS,
];
