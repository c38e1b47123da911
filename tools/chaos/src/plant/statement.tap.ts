import { postgresTap } from '@weir/testing';
import type { PostgresWatcher, SeenStatement, TapFactory } from '@weir/testing';

/** Watches what the services say to PostgreSQL; who wants to interfere sets the watcher. */
export interface ServiceWatcher {
  isCutBefore?(service: string, statement: SeenStatement): boolean;
  isAnswerLost?(service: string, statement: SeenStatement, tag: string): boolean;
}

/** The taps of all services, with one watcher that can be changed at any time. */
export class StatementTap {
  private watcher: ServiceWatcher = {};

  /** From now on this one decides; nobody, when it is absent. */
  watch(watcher: ServiceWatcher = {}): void {
    this.watcher = watcher;
  }

  factoryOf(service: string): TapFactory {
    const forService: PostgresWatcher = {
      isCutBefore: (statement) => this.watcher.isCutBefore?.(service, statement) ?? false,
      isAnswerLost: (statement, tag) =>
        this.watcher.isAnswerLost?.(service, statement, tag) ?? false,
    };
    return postgresTap(forService);
  }
}
