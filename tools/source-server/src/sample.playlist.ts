/** How a sample is delivered. */
export type SampleKind = 'mp3' | 'wav' | 'hls' | 'hls-master';

/** One stream of the sample. */
export interface SampleStream {
  readonly name: string;
  readonly path: string;
  readonly kind: SampleKind;
}

/** As many as `npm start` gives to three instances. */
export const SAMPLE_COUNT = 24;

const PLACES = [
  'Harbour',
  'Lighthouse',
  'Millrace',
  'Old Town',
  'Riverside',
  'Station Square',
  'Summit',
  'Orchard',
  'Quarry',
  'Viaduct',
  'Meadow',
  'Observatory',
];

const GENRES = ['Jazz', 'News'];

/** Half of them plain MP3, as on the internet, and some of everything else. */
const KINDS: readonly SampleKind[] = ['mp3', 'hls', 'mp3', 'wav', 'mp3', 'hls-master'];

const PATHS: Readonly<Record<SampleKind, (slug: string) => string>> = {
  mp3: (slug) => `/radio/${slug}.mp3`,
  wav: (slug) => `/radio/${slug}.wav`,
  hls: (slug) => `/hls/${slug}/index.m3u8`,
  'hls-master': (slug) => `/hls/${slug}/master.m3u8`,
};

/** `count` streams of this server with different names; the same ones every time. */
export function sampleStreams(count = SAMPLE_COUNT): SampleStream[] {
  return Array.from({ length: count }, (_, i) => {
    const place = PLACES[i % PLACES.length] ?? 'Harbour';
    const genre = GENRES[Math.floor(i / PLACES.length) % GENRES.length] ?? 'Jazz';
    const round = Math.floor(i / (PLACES.length * GENRES.length));
    const name = `${place} ${genre}${round === 0 ? '' : ` ${round + 1}`}`;
    const kind = KINDS[i % KINDS.length] ?? 'mp3';
    return { name, kind, path: PATHS[kind](name.toLowerCase().replaceAll(' ', '-')) };
  });
}

/**
 * An M3U playlist of `count` streams of the source server at `baseUrl` (`http://127.0.0.1:7090`),
 * ready to be imported.
 */
export function samplePlaylist(baseUrl: string, count = SAMPLE_COUNT): string {
  const entries = sampleStreams(count).map(
    ({ name, path, kind }) =>
      `#EXTINF:-1 group-title="${kind}",${name}\n${new URL(path, baseUrl).href}\n`,
  );
  return `#EXTM3U\n${entries.join('')}`;
}
