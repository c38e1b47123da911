import type { OptionalModuleReport, ServiceState } from '@weir/health';
import type { Logger } from '@weir/observability';
import { messageOf } from './retry';

const absentCodes = new Set(['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND']);

/**
 * Loads a part that the service can do without. Whatever goes wrong is logged and shown in
 * /health/detailed, and the answer is undefined.
 */
export async function loadOptional<T>(
  name: string,
  load: () => Promise<T>,
  { state, logger }: { readonly state: ServiceState; readonly logger: Logger },
): Promise<T | undefined> {
  try {
    const loaded = await load();
    state.recordOptionalModule({ name, status: 'loaded' });
    return loaded;
  } catch (error) {
    const report: OptionalModuleReport = {
      name,
      status: isAbsent(error) ? 'absent' : 'failed',
      detail: messageOf(error),
    };
    state.recordOptionalModule(report);
    logger.warn({ ...report }, `optional module ${name} is ${report.status}; going on without`);
    return undefined;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && absentCodes.has(String(error.code));
}
