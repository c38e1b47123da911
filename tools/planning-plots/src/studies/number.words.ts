/** `10 %` for 0.1. */
export function toPercent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

/** By how much of itself `to` is below `from`, as `37 %`; never below nothing. */
export function toSaving(from: number, to: number): string {
  return `${Math.max(0, Math.round((1 - to / from) * 100))} %`;
}

/** How far above even: `8.3 %` for a peak / mean of 1.083. */
export function toExcess(imbalance: number): string {
  return `${((imbalance - 1) * 100).toFixed(1)} %`;
}

/** `30 s`, `5 min`, `4 h`; `none` for 0. In ms. */
export function toDuration(ms: number): string {
  if (ms === 0) return 'none';
  if (ms < 60_000) return `${ms / 1_000} s`;
  return ms < 3_600_000 ? `${ms / 60_000} min` : `${ms / 3_600_000} h`;
}
