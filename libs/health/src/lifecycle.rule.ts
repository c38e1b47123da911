import type { Reading } from './indicator';
import type { LifecycleStage } from './service.state';

/** A service that starts or stops is not ready, whatever its dependencies say. */
export function readLifecycle(stage: LifecycleStage): Reading {
  return { status: stage === 'ready' ? 'up' : 'down', error: stage, details: { stage } };
}
