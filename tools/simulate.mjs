// npm run simulate: builds the simulator and what it runs, then runs it.
import { join } from 'node:path';
import {
  assertNodeVersion,
  build,
  install,
  nodeProgram,
  root,
  runAttached,
} from './lib/workspace.mjs';

async function main() {
  assertNodeVersion();
  await install((text) => process.stderr.write(text));
  await build(['simulator']);
  const program = join(root, 'tools/simulator/dist/simulate.js');
  process.exitCode = runAttached(nodeProgram(), [program, ...process.argv.slice(2)]);
}

main().catch((error) => {
  process.stderr.write(`simulate: ${error.message}\n`);
  process.exitCode = 1;
});
