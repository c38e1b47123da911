import { recordTransition } from '@weir/database';
import type { InstanceRow, LiveMoveRow, TransactionRunner } from '@weir/database';

/** Says once that a draining instance is empty. */
export class DrainedRecorder {
  private readonly recorded = new Set<string>();

  constructor(
    private readonly runner: TransactionRunner,
    private readonly fleetId: number,
  ) {}

  async record(instances: readonly InstanceRow[], moves: readonly LiveMoveRow[]): Promise<void> {
    const draining = instances.filter((instance) => instance.status === 'draining');
    this.forgetAllBut(draining);
    const targets = new Set(moves.map((move) => move.toServerId));
    for (const { serverId, heldStreams } of draining) {
      if (heldStreams > 0 || targets.has(serverId) || this.recorded.has(serverId)) continue;
      await this.recordOnce(serverId);
      this.recorded.add(serverId);
    }
  }

  private forgetAllBut(draining: readonly InstanceRow[]): void {
    const current = new Set(draining.map(({ serverId }) => serverId));
    for (const serverId of this.recorded) {
      if (!current.has(serverId)) this.recorded.delete(serverId);
    }
  }

  private async recordOnce(serverId: string): Promise<void> {
    await recordTransition(this.runner, this.fleetId, {
      event: {
        kind: 'instance.drained',
        serverId,
        message: `${serverId} holds nothing any more and can be stopped`,
      },
      after: ['instance.drain-started', 'instance.registered'],
    });
  }
}
