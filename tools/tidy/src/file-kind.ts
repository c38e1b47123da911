/** A test: it runs in Jest only. */
export function isSpec(path: string): boolean {
  return path.endsWith('.spec.ts');
}

/** Code that is never shipped: tests and what only they import. */
export function isTestCode(path: string): boolean {
  return isSpec(path) || /\.test-support\.[cm]?[jt]s$/.test(path);
}

export function isTypeScript(path: string): boolean {
  return path.endsWith('.ts') && !path.endsWith('.d.ts');
}

/** TypeScript and the plain Node scripts beside it. */
export function isCode(path: string): boolean {
  return isTypeScript(path) || /\.[cm]?js$/.test(path);
}

export function isMarkdown(path: string): boolean {
  return path.endsWith('.md');
}

/**
 * The rules themselves name what they forbid, and their tests show it. Rules that read plain text,
 * and not the syntax tree, leave them out.
 */
export function isRuleText(path: string): boolean {
  return path.startsWith('tools/tidy/src/');
}

/** Files that npm or an encoder wrote, not a person. */
export function isGenerated(path: string): boolean {
  return path === 'package-lock.json' || path.endsWith('.svg');
}

/** `libs/database` for `libs/database/src/index.ts`; undefined outside a workspace package. */
export function packageFolderOf(path: string): string | undefined {
  return /^(?:apps|libs|tools)\/[^/]+(?=\/)/.exec(path)?.[0];
}
