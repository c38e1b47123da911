/** A link of a Markdown text, by its 1-based line. */
export interface MarkdownLink {
  readonly target: string;
  readonly line: number;
}

interface Fence {
  readonly isCode: boolean;
  readonly text: string;
}

/** The lines of a text, each marked when it lies in a fenced block of code. */
function fencedLines(text: string): Fence[] {
  let isOpen = false;
  return text.split('\n').map((line) => {
    const isMark = /^\s*(?:```|~~~)/.test(line);
    if (isMark) isOpen = !isOpen;
    return { isCode: isMark || isOpen, text: line };
  });
}

/** Inline links, images and reference definitions, outside of code. */
export function linksOf(text: string): MarkdownLink[] {
  return fencedLines(text).flatMap(({ isCode, text: line }, index) => {
    if (isCode) return [];
    const prose = line.replace(/`[^`]*`/g, (code) => ' '.repeat(code.length));
    const inline = [...prose.matchAll(/\]\(\s*<?([^)>\s]+)>?(?:\s+"[^"]*")?\s*\)/g)];
    const definitions = [...prose.matchAll(/^\s*\[[^\]]+\]:\s*<?([^>\s]+)>?/g)];
    const html = [...prose.matchAll(/\b(?:href|src)="([^"]+)"/g)];
    return [...inline, ...definitions, ...html].map((match) => ({
      target: match[1] ?? '',
      line: index + 1,
    }));
  });
}

/** The anchors that a page offers: its headings as GitHub names them, and `<a id="">`. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const { isCode, text: line } of fencedLines(text)) {
    for (const match of line.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(match[1] ?? '');
    const heading = isCode ? undefined : /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const slug = slugOf(heading);
    let name = slug;
    for (let count = 1; anchors.has(name); count += 1) name = `${slug}-${count}`;
    anchors.add(name);
  }
  return anchors;
}

function slugOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]/g, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}
