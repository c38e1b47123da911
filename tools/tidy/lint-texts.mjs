/**
 * Lints texts as if they were the contents of files: reads `[{path, text}]` as JSON from standard
 * input and prints `[[{ruleId, message}]]`. A program of its own, because ESLint loads its
 * configuration as an ES module, which Jest cannot.
 */
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const eslint = new ESLint({ cwd: fileURLToPath(new URL('../..', import.meta.url)) });
// The rule for boundaries looks only at a graph of the projects that was saved before.
await createProjectGraphAsync();
const results = [];
for (const sample of JSON.parse(await text(process.stdin))) {
  const [result] = await eslint.lintText(sample.text, { filePath: sample.path });
  results.push(result.messages.map(({ ruleId, message }) => ({ ruleId, message })));
}
console.log(JSON.stringify(results));
process.exit(0);
