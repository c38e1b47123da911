export type BoundedResult<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'timed-out' };

/**
 * Waits for a promise, but at most `timeoutMs`, and never throws. What comes later than that is
 * ignored, also when it is a rejection.
 */
export async function within<T>(work: Promise<T>, timeoutMs: number): Promise<BoundedResult<T>> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<BoundedResult<T>>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'timed-out' }), timeoutMs);
  });
  const outcome = work.then(
    (value): BoundedResult<T> => ({ kind: 'done', value }),
    (error: unknown): BoundedResult<T> => ({ kind: 'failed', error }),
  );
  try {
    return await Promise.race([outcome, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
