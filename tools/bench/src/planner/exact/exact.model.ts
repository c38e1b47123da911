import { isAllowed } from './exact.case';
import type { ExactCase } from './exact.case';

/** Name of the variable that is 1 when the stream is on the instance. */
export function variableOf(stream: number, instance: number): string {
  return `x${stream}_${instance}`;
}

/**
 * The lowest peak as a program of whole numbers, in CPLEX LP format: every stream on exactly one of
 * the instances allowed, the load of each at most `peak` times its capacity, `peak` as low as can
 * be.
 */
export function peakModel(fleet: ExactCase): string {
  const limits = fleet.capacities.map(
    (capacity, instance) => `${loadOf(fleet, instance)} - ${capacity} peak <= 0`,
  );
  return model(fleet, 'obj: peak', limits);
}

/**
 * The fewest streams that leave their owner such that no instance exceeds `peakMax`. Minimised is
 * minus the streams that stay.
 */
export function movesModel(fleet: ExactCase, peakMax: number): string {
  const stays = fleet.owners.flatMap((owner, stream) =>
    owner >= 0 && isAllowed(fleet, stream, owner) ? [`- ${variableOf(stream, owner)}`] : [],
  );
  const limits = fleet.capacities.map(
    (capacity, instance) => `${loadOf(fleet, instance)} + 0 peak <= ${capacity * peakMax}`,
  );
  return model(fleet, `obj: 0 peak ${stays.join('\n ')}`, limits);
}

function model(fleet: ExactCase, objective: string, limits: readonly string[]): string {
  const homes = fleet.weights.map(
    (_weight, stream) => `home${stream}: ${allowedOf(fleet, stream).join(' + ')} = 1`,
  );
  const variables = fleet.weights.flatMap((_weight, stream) => allowedOf(fleet, stream));
  return [
    'Minimize',
    ` ${objective}`,
    'Subject To',
    ...[...homes, ...limits.map((limit, at) => `load${at}: ${limit}`)].map((line) => ` ${line}`),
    'Binary',
    ...variables.map((variable) => ` ${variable}`),
    'End',
  ].join('\n');
}

function allowedOf(fleet: ExactCase, stream: number): string[] {
  return fleet.capacities.flatMap((_capacity, instance) =>
    isAllowed(fleet, stream, instance) ? [variableOf(stream, instance)] : [],
  );
}

/** A leading zero term keeps the sum from being empty where no stream is allowed. */
function loadOf(fleet: ExactCase, instance: number): string {
  const terms = fleet.weights.flatMap((weight, stream) =>
    isAllowed(fleet, stream, instance) ? [`${weight} ${variableOf(stream, instance)}`] : [],
  );
  return ['0 peak', ...terms].join('\n + ');
}
