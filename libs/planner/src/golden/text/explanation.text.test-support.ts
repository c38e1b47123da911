import type { Explanation, InstanceExplanation, ScoreTerms } from '../../index';
import { toPercent, toPoints, wrap } from './text.table.test-support';

/** Instance by instance: what forbids the stream there, or what it scores there. */
export function renderExplanation(
  { streamId, owner, instances }: Explanation,
  when: string,
): string[] {
  const whose = owner === undefined ? 'has no live owner' : `runs on ${owner}`;
  return [
    `explain(${streamId}), ${when}: it ${whose}`,
    ...instances.flatMap((one) => renderInstance(one)),
  ];
}

function renderInstance(one: InstanceExplanation): string[] {
  const [head = '', ...rest] = [
    verdictOf(one),
    ...termsOf(one),
    ...bandOf(one),
    ...one.obstacles.map(({ change }) => `to go there: ${change}`),
  ];
  return [`  ${one.serverId}: ${head}`, ...rest.flatMap((words) => wrap(words, '      '))];
}

function verdictOf({ isOwner, forbiddenBy, score }: InstanceExplanation): string {
  if (forbiddenBy.length > 0) {
    return `${isOwner ? 'owns it, and may not go on' : 'may not run it'}: ${forbiddenBy.join(', ')}`;
  }
  if (score?.hasFailedThere === true)
    return 'may run it, but it failed there before: a last resort';
  return isOwner ? 'runs it' : 'may run it';
}

function termsOf({ isOwner, score }: InstanceExplanation): string[] {
  if (score === undefined) return [];
  const { utilisationWithout, utilisationWith, groupInZone } = score;
  return [
    `utilisation ${toPercent(utilisationWith)} with it, ${toPercent(utilisationWithout)} without`,
    ...(groupInZone === 0 ? [] : [`others of its spread group in this zone: ${groupInZone}`]),
    ...(isOwner ? [] : worthOf(score)),
  ];
}

/** A stream that runs nowhere gains and costs nothing anywhere. */
function worthOf({ gain, cost }: ScoreTerms): string[] {
  if (gain === 0 && cost === 0) return [];
  const verdict = gain > cost ? 'worth it' : 'not worth it';
  return [`a move here gains ${toPoints(gain)} and costs ${toPoints(cost)}: ${verdict}`];
}

function bandOf({ band }: InstanceExplanation): string[] {
  if (band === undefined) return [];
  const { mean, coldBelow, hotAbove } = band;
  return [
    `mean ${toPercent(mean)}; cold below ${toPercent(coldBelow)}, hot above ${toPercent(hotAbove)}`,
  ];
}
