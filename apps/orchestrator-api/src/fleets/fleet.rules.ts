import {
  DEFAULT_FLEET_SETTINGS,
  FLEET_SETTING_BOUNDS,
  checkFleetSettings,
  isName,
} from '@weir/domain';
import type { FleetSettings } from '@weir/domain';
import { checkFields, flag, number, orNull, wholeNumber } from '../operator/field.rules';
import type { FieldRule } from '../operator/field.rules';
import { inputError } from '../problem/validation.problems';

/** Shares and ratios; every other setting is a whole number. */
const RATIOS: ReadonlySet<string> = new Set([
  'massLossPercent',
  'isolatePercentMax',
  'balanceRelativeBand',
  'balanceAbsoluteBand',
  'balanceMoveCostShare',
]);

/** One rule per setting. */
export const SETTING_RULES: Readonly<Record<string, FieldRule>> = {
  ...Object.fromEntries(
    Object.entries(FLEET_SETTING_BOUNDS).map(([name, [min, max]]) => {
      const rule = RATIOS.has(name) ? number(min, max) : wholeNumber(min, max);
      return [name, name === 'heartbeatIntervalMs' ? orNull(rule) : rule];
    }),
  ),
  frozen: flag,
  balanceEnabled: flag,
};

/** The settings in a body. @throws DomainError INVALID_INPUT naming every problem */
export function readSettings(input: unknown): Partial<FleetSettings> {
  const problems = checkFields(input, SETTING_RULES);
  if (problems.length > 0) throw inputError(problems);
  return input as Partial<FleetSettings>;
}

/** Settings with others on top. @throws DomainError INVALID_INPUT when they do not fit together */
export function combineSettings(base: FleetSettings, own: Partial<FleetSettings>): FleetSettings {
  const settings = { ...base, ...own };
  const problems = checkFleetSettings(settings);
  if (problems.length > 0) throw inputError(problems);
  return settings;
}

/** Settings that start from the defaults. @throws DomainError INVALID_INPUT */
export function completeSettings(own: Partial<FleetSettings>): FleetSettings {
  return combineSettings(DEFAULT_FLEET_SETTINGS, own);
}

/** @throws DomainError INVALID_INPUT when no fleet can be called so */
export function assertFleetName(name: string): void {
  if (isName(name)) return;
  throw inputError([{ path: 'fleet', message: 'must be 1 to 128 letters, digits, ., _ or -' }]);
}
