import type { FleetRecord, TransactionRunner } from '@weir/database';
import type { Finding, RepairKind } from '@weir/domain';

/** What a repair may use. */
export interface RepairContext {
  readonly runner: TransactionRunner;
  readonly fleet: FleetRecord;
  /** Rings the fleet's balance queue; false when Redis is away. */
  readonly ringBalance: (fleet: string) => Promise<boolean>;
}

/**
 * An idempotent action that answers findings of one kind of repair. It looks again inside its own
 * transaction and leaves alone what is right by now.
 */
export interface Repair {
  readonly kind: RepairKind;
  /** @returns the findings that it answered. */
  apply(findings: readonly Finding[], context: RepairContext): Promise<ReadonlySet<Finding>>;
}
