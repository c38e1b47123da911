import type { ConsistencyPicture, FleetRecord } from '@weir/database';
import type { Finding, FindingKind, Severity } from '@weir/domain';
import type { RunningLook } from './running.look';

/** What a check decides from: one consistent read, and what earlier reads left open. */
export interface CheckInput {
  readonly fleet: FleetRecord;
  readonly picture: ConsistencyPicture;
  /** Instances that ran something else than they should at an earlier look. */
  readonly earlierLooks: ReadonlyMap<string, RunningLook>;
}

export interface CheckResult {
  readonly findings: readonly Finding[];
  /** Findings of the same kind beyond those that are listed. */
  readonly unlisted: readonly { readonly severity: Severity; readonly count: number }[];
}

/** One question to a fleet. Pure: the same input gives the same findings. */
export interface Check {
  readonly kind: FindingKind;
  find(input: CheckInput): CheckResult;
}

/** The answer of a check that lists everything it found. */
export function allListed(findings: readonly Finding[]): CheckResult {
  return { findings, unlisted: [] };
}
