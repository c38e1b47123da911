import { readAnswer } from './answer.reader';

/** What became of one call to the API. */
export type CallOutcome<T> =
  | { readonly kind: 'answered'; readonly value: T; readonly sentAtMs: number }
  /** 409 INCARNATION_FENCED. */
  | { readonly kind: 'fenced' }
  /** 404: the API does not know this instance. */
  | { readonly kind: 'unknown' }
  /** No answer, or one that says to come again. */
  | { readonly kind: 'transient'; readonly reason: string; readonly retryAfterMs?: number }
  /** An answer that will not change by asking again. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  /** The caller does not want to know any more. */
  | { readonly kind: 'abandoned' };

export type Failure = Exclude<CallOutcome<never>, { kind: 'answered' }>;

const TRANSIENT_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);
const UNKNOWN_CODES = new Set(['INSTANCE_UNKNOWN', 'FLEET_UNKNOWN']);
const RETRY_AFTER_MAX_MS = 60_000;
/** A problem names every fault of a body; more than this is no problem of ours. */
const PROBLEM_MAX_BYTES = 8 * 1024 * 1024;

/** Bad request, too large, unprocessable: another body might have been taken. */
const BODY_STATUS = new Set([400, 413, 422]);

/** True when the API refused what was sent, not who sent it. */
export function isBodyRefused(outcome: CallOutcome<unknown>): boolean {
  return outcome.kind === 'refused' && BODY_STATUS.has(outcome.status);
}

/** Tells by status and stable code what an answer that is not a success means. */
export async function classifyFailure(response: Response): Promise<Failure> {
  const { status } = response;
  const problem = await readProblem(response);
  const reason = `${status} ${problem.code ?? ''} ${problem.detail ?? ''}`.trim();
  if (status === 409 && problem.code === 'INCARNATION_FENCED') return { kind: 'fenced' };
  if (status === 404 && UNKNOWN_CODES.has(problem.code ?? '')) return { kind: 'unknown' };
  if (!TRANSIENT_STATUS.has(status)) return { kind: 'refused', status, reason };
  const retryAfterMs = readRetryAfterMs(response.headers.get('retry-after'));
  return { kind: 'transient', reason, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

async function readProblem(response: Response): Promise<{ code?: string; detail?: string }> {
  try {
    const body = await readAnswer(response, PROBLEM_MAX_BYTES);
    if (typeof body !== 'object' || body === null) return {};
    const { code, detail } = body as { code?: unknown; detail?: unknown };
    return {
      ...(typeof code === 'string' && { code }),
      ...(typeof detail === 'string' && { detail }),
    };
  } catch {
    return {};
  }
}

/** The seconds form of Retry-After only: the date form would compare two clocks. */
function readRetryAfterMs(header: string | null): number | undefined {
  if (header === null || !/^\d{1,6}$/.test(header)) return undefined;
  return Math.min(Number(header) * 1_000, RETRY_AFTER_MAX_MS);
}
