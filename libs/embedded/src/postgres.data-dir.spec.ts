import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildCluster, placeDataDir } from './postgres.data-dir';
import { makeScratch } from './scratch.test-support';

describe('PostgreSQL data folder', () => {
  const stranger = { uid: 4_000_001, gid: 4_000_002 };
  let scratch: Awaited<ReturnType<typeof makeScratch>>;

  beforeEach(async () => {
    scratch = await makeScratch();
  });
  afterEach(() => scratch.remove());

  async function makeClosed(): Promise<string> {
    const closed = join(scratch.dir, 'root');
    await mkdir(closed);
    await chmod(closed, 0o700);
    return closed;
  }

  it('stays where it was asked for when the user can get there', async () => {
    const asked = join(scratch.dir, 'state', 'postgres');
    await mkdir(join(scratch.dir, 'state'));
    await chmod(join(scratch.dir, 'state'), 0o755);
    expect(await placeDataDir(asked, stranger)).toBe(asked);
    expect(await placeDataDir(asked, undefined)).toBe(asked);
  });

  it('moves out of a closed folder, always to the same place for the same folder', async () => {
    const closed = await makeClosed();
    const fallbackRoot = join(scratch.dir, 'lib');
    const one = await placeDataDir(join(closed, 'one', 'postgres'), stranger, fallbackRoot);
    const again = await placeDataDir(join(closed, 'one', 'postgres'), stranger, fallbackRoot);
    const two = await placeDataDir(join(closed, 'two', 'postgres'), stranger, fallbackRoot);
    expect(one.startsWith(join(fallbackRoot, 'postgres-'))).toBe(true);
    expect(again).toBe(one);
    expect(two).not.toBe(one);
  });

  it('says which folder is closed when there is no other place either', async () => {
    const closed = await makeClosed();
    const placing = placeDataDir(join(closed, 'postgres'), stranger, join(closed, 'lib'));
    await expect(placing).rejects.toMatchObject({
      code: 'DATA_DIR_UNUSABLE',
      message: expect.stringContaining(`cannot enter ${closed} `),
    });
  });

  it('leaves nothing behind when making the cluster fails half way', async () => {
    const building = buildCluster(join(scratch.dir, 'data'), undefined, async (draft) => {
      await writeFile(join(draft, 'PG_VERSION'), '18\n');
      throw new Error('out of disk');
    });
    await expect(building).rejects.toThrow('out of disk');
    expect(await readdir(scratch.dir)).toEqual([]);
  });

  it('does not touch a folder that holds something else', async () => {
    const dataDir = join(scratch.dir, 'documents');
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'letter.txt'), 'dear');
    const building = buildCluster(dataDir, undefined, async () => undefined);
    await expect(building).rejects.toMatchObject({ code: 'DATA_DIR_UNUSABLE' });
    expect(await readdir(dataDir)).toEqual(['letter.txt']);
  });
});
