import type { Requirement } from './requires.decorator';

/**
 * Routes of our libraries, which know nothing of roles; their own guard is the OPERATIONAL_GUARD.
 */
const LIBRARY_ROUTES: Readonly<Record<string, Requirement>> = {
  '/health': { kind: 'public' },
  '/health/liveness': { kind: 'public' },
  '/health/readiness': { kind: 'public' },
  '/health/detailed': { kind: 'delegated' },
  '/health/database': { kind: 'delegated' },
  '/health/redis': { kind: 'delegated' },
  '/metrics': { kind: 'delegated' },
};

/** What a library's route asks of its caller; undefined when no rule names it. */
export function findLibraryRequirement(pattern: string | undefined): Requirement | undefined {
  return pattern === undefined ? undefined : LIBRARY_ROUTES[pattern];
}
