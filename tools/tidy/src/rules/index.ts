import type { TidyRule } from '../source-file';
import { clockInCoreRule } from './clock-in-core.rule';
import { consoleUseRule } from './console-use.rule';
import { databaseClockRule } from './database-clock.rule';
import { deadLinksRule } from './dead-links.rule';
import { deadPathsRule } from './dead-paths.rule';
import { declaredImportsRule } from './declared-imports.rule';
import { defaultExportsRule } from './default-exports.rule';
import { exactVersionsRule } from './exact-versions.rule';
import { filePlacesRule } from './file-places.rule';
import { fileSizeRule } from './file-size.rule';
import { focusedTestsRule } from './focused-tests.rule';
import { functionSizeRule } from './function-size.rule';
import { glossaryDocsRule } from './glossary-docs.rule';
import { glossaryNamesRule } from './glossary-names.rule';
import { importCyclesRule } from './import-cycles.rule';
import { leftoverNotesRule } from './leftover-notes.rule';
import { lockfileRule } from './lockfile.rule';
import { machineTracesRule } from './machine-traces.rule';
import { orphanFilesRule } from './orphan-files.rule';
import { parameterCountRule } from './parameter-count.rule';
import { poolErrorsRule } from './pool-errors.rule';
import { projectReferencesRule } from './project-references.rule';
import { suppressionsRule } from './suppressions.rule';

/** Every rule of the repository. */
export const tidyRules: readonly TidyRule[] = [
  clockInCoreRule,
  consoleUseRule,
  databaseClockRule,
  deadLinksRule,
  deadPathsRule,
  declaredImportsRule,
  defaultExportsRule,
  exactVersionsRule,
  filePlacesRule,
  fileSizeRule,
  focusedTestsRule,
  functionSizeRule,
  glossaryDocsRule,
  glossaryNamesRule,
  importCyclesRule,
  leftoverNotesRule,
  lockfileRule,
  machineTracesRule,
  orphanFilesRule,
  parameterCountRule,
  poolErrorsRule,
  projectReferencesRule,
  suppressionsRule,
];
