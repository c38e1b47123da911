import type { SectionClasses } from './config.loader';
import { standardSections } from './sections/standard.sections';
import { variablesOf } from './variable.decorator';
import type { VariableDefinition } from './variable.decorator';
import { expectationOf } from './variable.reader';

/** One row of the reference of environment variables. */
export interface ReferenceRow {
  readonly section: string;
  readonly name: string;
  readonly type: string;
  readonly default: string;
  readonly meaning: string;
}

/** Every variable of the sections given, by default of all sections that Weir itself has. */
export function configReference(sections: SectionClasses = standardSections): ReferenceRow[] {
  return Object.entries(sections).flatMap(([section, sectionClass]) =>
    variablesOf(sectionClass).map((definition) => ({
      section,
      name: definition.name,
      type: typeOf(definition),
      default: defaultText(definition),
      meaning: definition.meaning,
    })),
  );
}

/**
 * The reference as a Markdown table, for the documentation and for the test that compares the two.
 */
export function configReferenceMarkdown(sections: SectionClasses = standardSections): string {
  const rows = configReference(sections).map(
    (row) => `| \`${row.name}\` | ${escape(row.type)} | ${escape(row.default)} | ${row.meaning} |`,
  );
  return ['| variable | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function typeOf(definition: VariableDefinition): string {
  const expected = expectationOf(definition);
  if (!definition.kind.isSecret) return expected;
  return `${expected}, or a file named by ${definition.name}_FILE`;
}

function defaultText(definition: VariableDefinition): string {
  if (definition.kind.isSecret) return secretDefaultText(definition);
  const exceptions = Object.entries(definition.defaultIn ?? {}).map(
    ([environment, value]) => `${value} in ${environment}`,
  );
  const parts = [definition.default ?? (definition.optional ? 'none' : 'required'), ...exceptions];
  return parts.join(', ');
}

function secretDefaultText(definition: VariableDefinition): string {
  const fallback = definition.default === undefined ? 'none' : 'a known one for development';
  const environments = definition.requiredIn ?? [];
  return environments.length === 0
    ? fallback
    : `${fallback}, required in ${environments.join(', ')}`;
}

function escape(cell: string): string {
  return cell.replaceAll('|', '\\|');
}
