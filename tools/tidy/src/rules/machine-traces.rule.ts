import { isRuleText } from '../file-kind';
import type { TidyRule } from '../source-file';
import { findInLines } from '../text-lines';

interface Trace {
  readonly pattern: RegExp;
  readonly what: string;
}

const traces: readonly Trace[] = [
  {
    pattern: /(?:^|[\s"'`(=:<])(\/(?:work|root|Users|private)\/[\w.-]+|\/home\/(?!node\b)[\w.-]+)/,
    what: 'a path of one machine',
  },
  { pattern: /\b([A-Za-z]:\\\\?(?:Users|work)\\)/, what: 'a path of one machine' },
  {
    pattern:
      /https?:\/\/((?:[\w-]+\.)*(?:registry|npm|artifactory|nexus|verdaccio|mirrors?)\.[\w.-]+)/,
    what: 'the host of a package registry',
  },
  { pattern: /"resolved": "(https?:[^"]+)"/, what: 'the address of a package registry' },
  {
    pattern: /^\s*((?:@[\w-]+:)?registry\s*=\s*https?:)/,
    what: 'the setting of a package registry',
  },
];

/** The repository works on every machine, with every mirror: nothing in it names one. */
export const machineTracesRule: TidyRule = {
  name: 'machine-traces',
  check: (files) =>
    findInLines(
      files.filter((file) => !isRuleText(file.path)),
      (line) => {
        for (const { pattern, what } of traces) {
          const found = pattern.exec(line)?.[1];
          if (found !== undefined) return `${what}: ${found}`;
        }
        return undefined;
      },
    ),
};
