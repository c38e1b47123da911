import type { Execution, TableChange } from './sql.scope';
import type { StoredTable, Trigger, Values } from './stored.table';

/**
 * Runs the triggers that come before a row is written.
 * @returns what is to be written: null deletes.
 */
export function fireBefore(
  table: StoredTable,
  { before, after }: { readonly before: Values | null; readonly after: Values | null },
  execution: Execution,
): Values | null {
  const event = before === null ? 'insert' : after === null ? 'delete' : 'update';
  let next = after;
  for (const trigger of table.triggers) {
    if (trigger.timing !== 'before' || trigger.event !== event) continue;
    if (trigger.when && !trigger.when(before ?? [], next ?? [])) continue;
    const args = [table, before, next, event];
    const result = execution.callFunction({ name: trigger.functionName, args, execution });
    if (Array.isArray(result)) next = result;
  }
  return next;
}

/** Runs the triggers that come after a statement: once, or once for each row that it changed. */
export function fireAfter(execution: Execution): void {
  while (execution.changes.length > 0) {
    for (const change of execution.changes.splice(0)) fireChange(change, execution);
  }
}

function fireChange(change: TableChange, execution: Execution): void {
  for (const trigger of change.table.triggers) {
    if (trigger.timing !== 'after' || trigger.event !== change.event) continue;
    if (trigger.isPerRow) fireForRows(trigger, change, execution);
    else fireForAll(trigger, change, execution);
  }
}

function fireForAll(trigger: Trigger, change: TableChange, execution: Execution): void {
  const transitions = new Map<string, readonly Values[]>();
  if (trigger.oldTable) transitions.set(trigger.oldTable, change.before);
  if (trigger.newTable) transitions.set(trigger.newTable, change.after);
  call(trigger, [change.table, null, null, change.event], {
    ...execution,
    transitions,
    commons: new Map(),
  });
}

function fireForRows(trigger: Trigger, change: TableChange, execution: Execution): void {
  const count = Math.max(change.before.length, change.after.length);
  for (let at = 0; at < count; at += 1) {
    const before = change.before[at] ?? null;
    const after = change.after[at] ?? null;
    if (trigger.when && !trigger.when(before ?? [], after ?? [])) continue;
    call(trigger, [change.table, before, after, change.event], {
      ...execution,
      commons: new Map(),
    });
  }
}

/** What a trigger's function writes may have triggers of its own. */
function call(trigger: Trigger, args: readonly unknown[], execution: Execution): void {
  execution.transaction.statement += 1;
  execution.callFunction({ name: trigger.functionName, args, execution });
}
