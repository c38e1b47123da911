import type { ServiceState } from '@weir/health';
import type { Logger } from '@weir/observability';
import { tellParent } from './parent.channel';
import { messageOf } from './retry';

export interface Stoppable {
  readonly state: ServiceState;
  readonly logger: Logger;
  readonly graceMs: number;
  /** Stops the application; undefined while there is none yet. */
  readonly findClose: () => (() => Promise<void>) | undefined;
}

const signals = ['SIGTERM', 'SIGINT'] as const;

/**
 * Answers signals and fatal errors.
 *
 * First SIGTERM or SIGINT: not ready at once, then the application's hooks in order (stop taking
 * work and finish, then close queues and connections), then exit 0. Beyond the grace: exit 1 by
 * force. Second signal: exit 1 at once. An error that nobody caught leaves the process in an
 * unknown state: exit 1. A parent that opened an IPC channel and is gone (npm start was killed)
 * counts as SIGTERM.
 */
export function installShutdown(service: Stoppable): void {
  let isStopping = false;
  for (const signal of signals) {
    process.on(signal, () => {
      if (isStopping) {
        service.logger.fatal(`${signal} again: ending at once`);
        process.exit(1);
      }
      isStopping = true;
      void stop(service, signal);
    });
  }
  process.once('disconnect', () => {
    if (isStopping) return;
    isStopping = true;
    void stop(service, 'loss of the parent process');
  });
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => failFatally(service, event, error));
  }
}

async function stop(service: Stoppable, signal: string): Promise<void> {
  const { state, logger, graceMs } = service;
  const startedAtMs = performance.now();
  state.markStopping();
  tellParent({ type: 'stopping', service: state.service, signal });
  logger.info({ signal, graceMs }, `${signal}: stopping`);
  setTimeout(() => {
    logger.fatal({ graceMs }, 'not stopped within the grace: ending by force');
    process.exit(1);
  }, graceMs).unref();
  try {
    await service.findClose()?.();
    logger.info({ durationMs: Math.round(performance.now() - startedAtMs) }, 'stopped');
    process.exit(0);
  } catch (error) {
    logger.fatal({ err: error }, `stopping failed: ${messageOf(error)}`);
    process.exit(1);
  }
}

function failFatally(service: Stoppable, event: string, error: unknown): never {
  const message = `${event}: ${messageOf(error)}`;
  service.logger.fatal({ err: error }, message);
  tellParent({ type: 'failed', service: service.state.service, message });
  process.exit(1);
}
