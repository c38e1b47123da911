export { readRepository, repositoryRoot } from './repository';
export { tidyRules } from './rules';
export { type Finding, formatFinding, type SourceFile, type TidyRule } from './source-file';
