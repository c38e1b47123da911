import type { Lease } from './lease';
import type { MachineAction } from './machine.types';

/** Tells the watchdog where the lease ends, whenever that is not what it was told last. */
export class DeadlineTeller {
  private deadlineMs: number | undefined;
  private isGuarding = false;

  /** @param isGuarding exclusive streams may have effects */
  maybeTell({ deadlineMs, reactionMs }: Lease, isGuarding: boolean): MachineAction[] {
    if (deadlineMs === this.deadlineMs && isGuarding === this.isGuarding) return [];
    this.deadlineMs = deadlineMs;
    this.isGuarding = isGuarding;
    return [{ type: 'set-deadline', deadlineMs, reactionMs, isGuarding }];
  }
}
