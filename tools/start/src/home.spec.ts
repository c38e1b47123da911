import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Home } from './home';
import { HomeLock } from './home.lock';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-home-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the folder of an installation', () => {
  it('keeps keys that only its user can read, and gives the same ones again', () => {
    const home = new Home(folder);
    home.prepare();
    const keys = home.keys();
    expect(keys.operator).toMatch(/^weir_operator_/);
    expect(new Home(folder).keys()).toEqual(keys);
    for (const file of ['keys.json', 'secrets.json']) {
      home.secrets();
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    }
  });

  it('has new keys after it was cleared', async () => {
    const home = new Home(folder);
    home.prepare();
    const before = home.keys();
    await home.clear();
    expect(home.hasData).toBe(false);
    expect(home.keys().operator).not.toBe(before.operator);
  });

  it('is refused to a second start while the first one lives', () => {
    const other = JSON.stringify({ pid: process.ppid, children: [] });
    writeFileSync(join(folder, 'start.json'), other);
    expect(() => new HomeLock(folder).take()).toThrow(/already runs/);
  });

  it('is taken again after a start that was killed', () => {
    writeFileSync(join(folder, 'start.json'), JSON.stringify({ pid: 2 ** 22 + 1, children: [] }));
    const lock = new HomeLock(folder);
    expect(lock.take()).toEqual([]);
    lock.release();
    expect(existsSync(join(folder, 'start.json'))).toBe(false);
  });
});
