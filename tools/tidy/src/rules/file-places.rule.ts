import type { TidyRule } from '../source-file';

interface Place {
  readonly role: RegExp;
  readonly allowed: RegExp;
  readonly message: string;
}

const places: readonly Place[] = [
  {
    role: /\.entity\.ts$/,
    allowed: /^libs\/database\//,
    message: 'entities live in libs/database',
  },
  { role: /\/migrations\//, allowed: /^libs\/database\//, message: 'so do migrations' },
  { role: /\.dto\.ts$/, allowed: /^apps\//, message: 'a DTO lives in the app that exposes it' },
  {
    role: /\.payload\.ts$/,
    allowed: /^libs\/queues\//,
    message: 'job payloads are in libs/queues',
  },
  {
    role: /^libs\/(?:common|shared|utils?|helpers?|misc)\//,
    allowed: /^$/,
    message: 'a library is named after what it does',
  },
];

/** Each role of a file has one home. */
export const filePlacesRule: TidyRule = {
  name: 'file-places',
  check: (files) =>
    files.flatMap(({ path }) =>
      places
        .filter((place) => place.role.test(path) && !place.allowed.test(path))
        .map((place) => ({ path, line: 1, message: place.message })),
    ),
};
