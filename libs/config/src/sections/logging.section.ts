import { oneOf } from '../variable-kind';
import { Variable } from '../variable.decorator';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export const logFormats = ['json', 'pretty'] as const;
export type LogFormat = (typeof logFormats)[number];

export class LoggingSection {
  @Variable({
    name: 'LOG_LEVEL',
    kind: oneOf(logLevels, { warning: 'warn', critical: 'fatal', verbose: 'trace' }),
    default: 'info',
    defaultIn: { test: 'warn' },
    meaning: 'The least important level that is logged.',
  })
  readonly level!: LogLevel;

  @Variable({
    name: 'LOG_FORMAT',
    kind: oneOf(logFormats, { structured: 'json' }),
    default: 'json',
    defaultIn: { development: 'pretty' },
    meaning: 'One JSON object per line (also called structured), or lines for human readers.',
  })
  readonly format!: LogFormat;
}
