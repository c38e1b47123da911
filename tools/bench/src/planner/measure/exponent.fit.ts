/** One case of a series: how large it was, how long it took. */
export interface GrowthPoint {
  readonly size: number;
  readonly ms: number;
}

/**
 * The exponent e of ms = factor * size^e that fits the points best: least squares on the
 * logarithms of both. n log n between 10^4 and 10^6 is about 1.09. NaN for fewer than two sizes.
 */
export function fitExponent(points: readonly GrowthPoint[]): number {
  const xs = points.map((point) => Math.log(point.size));
  const ys = points.map((point) => Math.log(point.ms));
  const xMean = xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const yMean = ys.reduce((sum, y) => sum + y, 0) / ys.length;
  let covariance = 0;
  let variance = 0;
  for (const [at, x] of xs.entries()) {
    covariance += (x - xMean) * ((ys[at] ?? Number.NaN) - yMean);
    variance += (x - xMean) ** 2;
  }
  return covariance / variance;
}
