import type { StreamEpoch } from '@weir/domain';
import type { ClientLogger } from '../client.options';
import type { StreamHandler } from '../stream.handler';

/** What a handler says that it runs; undefined when it does not say, or fails to. */
export function listHandled(
  handler: StreamHandler,
  logger: ClientLogger,
): readonly StreamEpoch[] | undefined {
  try {
    const running = handler.listRunning?.();
    return running && [...running].map(({ streamId, epoch }) => ({ streamId, epoch }));
  } catch (error) {
    logger.error({ err: error }, 'a handler could not say what it runs');
    return undefined;
  }
}
