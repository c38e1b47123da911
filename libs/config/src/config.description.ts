import { variablesOf } from './variable.decorator';
import type { SectionClass } from './variable.decorator';

export interface DescribedVariable {
  readonly variable: string;
  /** Where the value is in the loaded configuration, with its unit in the name. */
  readonly field: string;
  readonly value: string;
}

/**
 * Everything that is configured, secrets as `[redacted]`: safe to log and to show to an operator.
 */
export function describeConfig(config: Readonly<Record<string, object>>): DescribedVariable[] {
  return Object.entries(config).flatMap(([name, section]) =>
    variablesOf(section.constructor as SectionClass).map((definition) => ({
      variable: definition.name,
      field: `${name}.${definition.property}`,
      value: describeValue(Reflect.get(section, definition.property)),
    })),
  );
}

function describeValue(value: unknown): string {
  return value === undefined ? '(not set)' : String(value);
}
