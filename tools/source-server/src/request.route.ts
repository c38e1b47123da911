/** A page about the server itself. */
export interface PageRoute {
  readonly kind: 'page';
  readonly page: 'catalogue' | 'playlist' | 'holds' | 'none';
}

/** Something of the stream `name`. */
export type StreamRoute = { readonly kind: 'stream'; readonly name: string } & (
  | { readonly part: 'mp3' | 'wav' | 'media-playlist' | 'master-playlist' }
  | { readonly part: 'segment'; readonly sequence: number }
);

/** What a test does to the stream `name`. */
export interface ControlRoute {
  readonly kind: 'control';
  readonly name: string;
  readonly control: 'faults' | 'cut';
}

/** What a request asks for. */
export type Route = PageRoute | StreamRoute | ControlRoute;

const NAME = '([A-Za-z0-9._-]{1,128})';

type Rule = readonly [RegExp, (name: string, rest: string) => Route];

/** First match wins. */
const RULES: readonly Rule[] = [
  [/^\/$/, () => ({ kind: 'page', page: 'catalogue' })],
  [/^\/playlist\.m3u8?$/, () => ({ kind: 'page', page: 'playlist' })],
  [/^\/holds$/, () => ({ kind: 'page', page: 'holds' })],
  [new RegExp(`^/radio/${NAME}\\.mp3$`), (name) => ({ kind: 'stream', part: 'mp3', name })],
  [new RegExp(`^/radio/${NAME}\\.wav$`), (name) => ({ kind: 'stream', part: 'wav', name })],
  [
    new RegExp(`^/hls/${NAME}/index\\.m3u8$`),
    (name) => ({ kind: 'stream', part: 'media-playlist', name }),
  ],
  [
    new RegExp(`^/hls/${NAME}/master\\.m3u8$`),
    (name) => ({ kind: 'stream', part: 'master-playlist', name }),
  ],
  [
    new RegExp(`^/hls/${NAME}/segment-(\\d{1,15})\\.mp3$`),
    (name, sequence) => ({ kind: 'stream', part: 'segment', name, sequence: Number(sequence) }),
  ],
  [new RegExp(`^/control/${NAME}$`), (name) => ({ kind: 'control', control: 'faults', name })],
  [new RegExp(`^/control/${NAME}/cut$`), (name) => ({ kind: 'control', control: 'cut', name })],
];

/** Reads the path of a request. */
export function parseRoute(path: string): Route {
  for (const [pattern, build] of RULES) {
    const match = pattern.exec(path);
    if (match) {
      return build(match[1] ?? '', match[2] ?? '');
    }
  }
  return { kind: 'page', page: 'none' };
}
