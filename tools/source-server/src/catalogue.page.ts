import { sampleStreams } from './sample.playlist';

/** One line of the catalogue. */
export interface CatalogueEntry {
  readonly name: string;
  readonly url: string;
  readonly kind: string;
  readonly listeners: number;
}

/** The sample streams with their addresses and how many clients hold each of them now. */
export function buildCatalogue(
  baseUrl: string,
  countListeners: (name: string) => number,
): CatalogueEntry[] {
  return sampleStreams().map(({ name, path, kind }) => ({
    name,
    kind,
    url: new URL(path, baseUrl).href,
    listeners: countListeners(sourceNameOf(path)),
  }));
}

/** The name inside a path: `harbour` in `/radio/harbour.mp3` and in `/hls/harbour/index.m3u8`. */
function sourceNameOf(path: string): string {
  return (path.split('/')[2] ?? '').replace(/\.(mp3|wav)$/, '');
}

/** The catalogue as a page for people. */
export function renderCatalogue(entries: readonly CatalogueEntry[]): string {
  const rows = entries
    .map(
      ({ name, kind, url, listeners }) =>
        `<tr><td>${escapeHtml(name)}</td><td>${kind}</td>` +
        `<td><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></td><td>${listeners}</td></tr>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Weir source server</title>
<h1>Weir source server</h1>
<p>Any name works: <code>/radio/NAME.mp3</code>, <code>/radio/NAME.wav</code>,
<code>/hls/NAME/index.m3u8</code>. All of them: <a href="/playlist.m3u">/playlist.m3u</a>.</p>
<table>
<tr><th>Name</th><th>Kind</th><th>Address</th><th>Listeners</th></tr>
${rows}
</table>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
