/** What the brake looks at, all at one instant. Counts of instances. */
export interface LossPicture {
  /** Takeovers that are proven now. */
  readonly candidates: number;
  /** Instances that are about to be lost, the candidates among them. */
  readonly overdue: number;
  /** Instances that hold a lease, the candidates among them. */
  readonly live: number;
  /** Instances lost within the last lease. */
  readonly lostRecently: number;
}

export interface MassLossRule {
  readonly massLossPercent: number;
  readonly massLossMin: number;
  readonly massLossHoldMs: number;
}

export type MassLossVerdict = 'free' | 'held';

type BrakeState =
  | { readonly kind: 'released' }
  | { readonly kind: 'held'; readonly since: number }
  /** It held as long as it may; it can hold again only after losses have stopped. */
  | { readonly kind: 'spent' };

/**
 * Brake (b) of the control loop: when more of the fleet than `massLossPercent` would be lost within
 * one lease, it is likelier that something between us and the fleet broke than that so many
 * instances died. Failover then waits `massLossHoldMs`, counted from when that was first seen.
 *
 * | state | becomes | when |
 * |---|---|---|
 * | released | held | a takeover is proven and the loss is massive |
 * | held | released | the loss is not massive any more: instances came back |
 * | held | spent | massLossHoldMs went by, or an operator released it |
 * | spent | released | the loss is not massive any more |
 *
 * Overdue instances count as lost, so that the first few of many are not taken over before the rest
 * is proven.
 */
export class MassLossBrake {
  private state: BrakeState = { kind: 'released' };

  /**
   * Decides whether takeovers may happen at `now` (ms of the monotonic clock).
   * @param isReleased an operator says that the loss is real
   */
  assess(
    picture: LossPicture,
    rule: MassLossRule,
    now: number,
    isReleased = false,
  ): MassLossVerdict {
    const isMassive = isMassLoss(picture, rule);
    if (!isMassive) this.state = { kind: 'released' };
    else if (this.state.kind === 'released' && picture.candidates > 0) {
      this.state = { kind: 'held', since: now };
    }
    const { state } = this;
    if (state.kind === 'held' && (isReleased || now - state.since >= rule.massLossHoldMs)) {
      this.state = { kind: 'spent' };
    }
    return this.state.kind === 'held' ? 'held' : 'free';
  }

  /** When it lets go by itself; undefined while it does not hold. */
  endsAt(rule: MassLossRule): number | undefined {
    return this.state.kind === 'held' ? this.state.since + rule.massLossHoldMs : undefined;
  }

  /** Forgets what it held; used while an operator's freeze stops everything anyway. */
  reset(): void {
    this.state = { kind: 'released' };
  }
}

/** More than `massLossPercent` of the instances there were, and at least `massLossMin` of them. */
export function isMassLoss(picture: LossPicture, rule: MassLossRule): boolean {
  const lost = Math.max(picture.overdue, picture.candidates) + picture.lostRecently;
  const all = picture.live + picture.lostRecently;
  return lost >= rule.massLossMin && lost * 100 > all * rule.massLossPercent;
}
