import type { Plant } from '../plant/plant';
import { API_NAMES } from '../plant/plant.options';

const TIMEOUT_MS = 1_500;

/** The status that a replica of the API gives for one of its health addresses; 0: no answer. */
export async function readHealth(
  plant: Plant,
  api: (typeof API_NAMES)[number],
  part: 'readiness' | 'liveness' | 'redis',
): Promise<number> {
  const port = plant.apiPorts[API_NAMES.indexOf(api)];
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health/${part}`, {
      headers: { authorization: `Bearer ${plant.home.keys().operator}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
