import { isTestCode } from '../file-kind';
import type { TidyRule } from '../source-file';
import { findInSyntax, literalTextOf } from '../syntax';

const places = /^(libs\/database\/|apps\/)/;

const clockFunctions = 'now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday';
const clockConstants = 'current_timestamp|localtimestamp|current_time';
const otherClocks = new RegExp(`\\b(?:${clockFunctions})\\s*\\(|\\b(?:${clockConstants})\\b`, 'i');

/**
 * SQL asks one function for the time, `weir_now()`, so that a test can drive the clock of the
 * database and every comparison of a lease is made on it. Only the migration that defines the
 * function looks at the real clock.
 */
export const databaseClockRule: TidyRule = {
  name: 'database-clock',
  check: (files) => {
    const readers = files.filter(
      (file) =>
        places.test(file.path) && !isTestCode(file.path) && !definesTheClock(file.path, file.text),
    );
    return findInSyntax(readers, (node) => {
      const found = otherClocks.exec(literalTextOf(node) ?? '')?.[0];
      return found === undefined ? undefined : `"${found.trim()}" in SQL: use weir_now()`;
    });
  },
};

function definesTheClock(path: string, text: string): boolean {
  return path.includes('/migrations/') && /FUNCTION\s+(?:\w+\.)?weir_now\b/i.test(text);
}
