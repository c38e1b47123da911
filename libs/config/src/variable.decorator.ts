import type { EnvironmentName } from './environment';
import type { VariableKind } from './variable-kind';

/**
 * What one environment variable is. Defaults are texts, as they would be written in the
 * environment.
 */
export interface VariableOptions {
  readonly name: string;
  readonly kind: VariableKind;
  /** One sentence for the reference. */
  readonly meaning: string;
  readonly default?: string;
  /** Defaults that differ in some environments. */
  readonly defaultIn?: Readonly<Partial<Record<EnvironmentName, string>>>;
  /** In these environments no default counts: the variable must be set. */
  readonly requiredIn?: readonly EnvironmentName[];
  /** May stay unset; the field is then undefined. */
  readonly optional?: boolean;
  /** Said when the value is refused, for example "1 to 65535"; the kind's name when left out. */
  readonly expected?: string;
}

export interface VariableDefinition extends VariableOptions {
  readonly property: string;
}

/** A class whose fields carry `@Variable`; one section of the configuration. */
export type SectionClass<T extends object = object> = new () => T;

const definitionsByPrototype = new WeakMap<object, VariableDefinition[]>();

/** Binds a field of a section class to one environment variable. */
export function Variable(options: VariableOptions): PropertyDecorator {
  return (prototype, property) => {
    const definitions = definitionsByPrototype.get(prototype) ?? [];
    definitions.push({ ...options, property: String(property) });
    definitionsByPrototype.set(prototype, definitions);
  };
}

/** The variables of a section, those of its base classes first, in the order they are written. */
export function variablesOf(section: SectionClass): readonly VariableDefinition[] {
  const found: VariableDefinition[] = [];
  let prototype: unknown = section.prototype;
  while (typeof prototype === 'object' && prototype !== null && prototype !== Object.prototype) {
    found.unshift(...(definitionsByPrototype.get(prototype) ?? []));
    prototype = Object.getPrototypeOf(prototype);
  }
  return found;
}

/** The default text that counts in an environment, or undefined when there is none. */
export function defaultFor(
  definition: VariableDefinition,
  environment: EnvironmentName,
): string | undefined {
  if (definition.requiredIn?.includes(environment)) return undefined;
  return definition.defaultIn?.[environment] ?? definition.default;
}
