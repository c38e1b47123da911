// Runs spin and the C compiler on the model of docs/adr/0011, in a directory that is removed.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './workspace.mjs';

const MODEL = join(root, 'docs/adr/0011/model.pml');
const DEPTH_MAX = 2_000_000;

/** @returns the names of the programs that are missing. */
export function findMissingPrograms() {
  return ['spin', 'cc'].filter(
    (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0,
  );
}

/**
 * Searches every state of one world.
 * @param world `bounds`: name -> number; `mistakes`: names of rules that are left out.
 * @param limits memoryMb: the search gives up beyond it. isShortest: breadth first, for the
 *   shortest history that shows a mistake.
 * @returns {Promise<{isFound: boolean, isComplete: boolean, states: number, depth: number,
 *   seconds: number, memoryMb: number, history: string}>}
 */
export async function search(world, { memoryMb, isShortest = false, withHistory = false }) {
  const directory = mkdtempSync(join(tmpdir(), 'weir-model-'));
  const inside = { cwd: directory };
  const defines = [
    ...Object.entries(world.bounds).map(([name, value]) => `-D${name}=${value}`),
    ...(world.mistakes ?? []).map((name) => `-D${name}`),
  ];
  try {
    await runProgram('spin', ['-a', ...defines, MODEL], inside);
    const modes = ['-DSAFETY', '-DNOREDUCE', ...(isShortest ? ['-DBFS'] : [])];
    const limits = [`-DMEMLIM=${memoryMb}`];
    const speed = isShortest ? '-O0' : '-O2'; // short searches: compiling is what takes time
    await runProgram('cc', [speed, '-w', ...modes, ...limits, '-o', 'pan', 'pan.c'], inside);
    const text = await runProgram('./pan', [`-m${DEPTH_MAX}`, '-w25'], inside);
    const result = readReport(text);
    if (!result.isFound || !withHistory) return result;
    const replay = ['-t', '-p', '-g', ...defines, '-k', 'model.pml.trail', MODEL];
    return { ...result, history: await runProgram('spin', replay, inside) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Reads what a search says of itself. */
export function readReport(text) {
  const numberAfter = (pattern) => Number(pattern.exec(text)?.[1] ?? Number.NaN);
  return {
    isFound: /assertion violated|invalid end state/.test(text.replaceAll(/^\t.*$/gm, '')),
    isComplete: !/Search not completed|max search depth too small|out of memory/.test(text),
    states: numberAfter(/([\d.e+]+) states, stored/),
    depth: numberAfter(/depth reached (\d+)/),
    seconds: numberAfter(/elapsed time ([\d.]+)/),
    memoryMb: numberAfter(/([\d.]+)\s+total actual memory usage/),
    history: '',
  };
}

function runProgram(program, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, options);
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.stderr.on('data', (chunk) => (text += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 || program === './pan') resolve(text);
      else reject(new Error(`${program} ${args.join(' ')} failed:\n${text.slice(0, 2_000)}`));
    });
  });
}
