/** Migrations go forward only: a mistake is mended by the next migration, never by going back. */
export function refuseDown(): Promise<void> {
  return Promise.reject(
    new Error('Weir migrations go forward only; restore a backup or write the next migration'),
  );
}
