/** Time since then, in ms. @param sinceNs ns of the monotonic clock */
export function elapsedMs(sinceNs: bigint): number {
  return Number(process.hrtime.bigint() - sinceNs) / 1e6;
}
