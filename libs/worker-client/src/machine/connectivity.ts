import type { ClientNotice } from '../client.notice';

/** The ways between an instance and its control plane; each may fail while others pass. */
export type ConnectivityPath = 'heartbeats' | 'watch' | 'acks';

const PATHS: readonly ConnectivityPath[] = ['heartbeats', 'watch', 'acks'];

/** One failure is an accident: a replica that restarts, a connection that ended. */
const FAILURES_TO_TELL = 2;

/**
 * Which ways to the control plane pass and which do not. Tells once when some fail while others
 * pass, again when others do, and when all that failed pass again.
 *
 * | a path is | when                                      |
 * |-----------|-------------------------------------------|
 * | unknown   | nothing was tried yet                     |
 * | passing   | the last attempt succeeded                |
 * | failing   | at least two attempts failed in a row     |
 */
export class Connectivity {
  private readonly passing = new Set<ConnectivityPath>();
  private readonly failures = new Map<ConnectivityPath, number>();
  private told = '';

  constructor(private readonly notify: (notice: ClientNotice) => void) {}

  get failing(): readonly ConnectivityPath[] {
    return PATHS.filter((path) => (this.failures.get(path) ?? 0) >= FAILURES_TO_TELL);
  }

  succeeded(path: ConnectivityPath): void {
    this.failures.delete(path);
    this.passing.add(path);
    this.tell('');
  }

  failed(path: ConnectivityPath, reason: string): void {
    this.passing.delete(path);
    this.failures.set(path, (this.failures.get(path) ?? 0) + 1);
    this.tell(reason);
  }

  /** A new incarnation: nothing is known of its ways. */
  reset(): void {
    this.passing.clear();
    this.failures.clear();
    this.told = '';
  }

  private tell(reason: string): void {
    const { failing } = this;
    const passing = PATHS.filter((path) => this.passing.has(path));
    const isPartial = failing.length > 0 && passing.length > 0;
    if (isPartial && this.told !== failing.join()) {
      this.told = failing.join();
      return this.notify({ name: 'partialConnectivity', passing, failing, reason });
    }
    if (this.told === '' || failing.length > 0) return;
    this.told = '';
    this.notify({ name: 'connectivityRestored', passing });
  }
}
