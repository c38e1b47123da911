import { chmod, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureOwnFolder, findClosedParent, isTraversable } from './folder.access';
import { makeScratch } from './scratch.test-support';

describe('folder access', () => {
  const stranger = { uid: 4_000_001, gid: 4_000_002 };
  let scratch: Awaited<ReturnType<typeof makeScratch>>;

  beforeEach(async () => {
    scratch = await makeScratch();
  });
  afterEach(() => scratch.remove());

  it.each([
    ['the owner by the first bit', { uid: 4_000_001, gid: 0, mode: 0o700 }, true],
    ['the owner not by the bits of others', { uid: 4_000_001, gid: 0, mode: 0o677 }, false],
    ['the group by the second bit', { uid: 0, gid: 4_000_002, mode: 0o710 }, true],
    ['the group not by the bits of others', { uid: 0, gid: 4_000_002, mode: 0o701 }, false],
    ['others by the last bit', { uid: 0, gid: 0, mode: 0o701 }, true],
    ['others not at all', { uid: 0, gid: 0, mode: 0o770 }, false],
  ])('lets through %s', (_case, folder, expected) => {
    expect(isTraversable(folder, stranger)).toBe(expected);
  });

  it('names the closed folder on the way, also behind a symbolic link and for a path not made yet', async () => {
    const closed = join(scratch.dir, 'closed');
    await mkdir(join(closed, 'inner'), { recursive: true });
    await chmod(closed, 0o700);
    const link = join(scratch.dir, 'link');
    await symlink(join(closed, 'inner'), link);

    expect(await findClosedParent(join(closed, 'inner', 'a', 'b'), stranger)).toBe(closed);
    expect(await findClosedParent(join(link, 'a'), stranger)).toBe(closed);
    expect(await findClosedParent(join(scratch.dir, 'open', 'a'), stranger)).toBeUndefined();
  });

  it('trusts a folder that it makes, and none that others may write to', async () => {
    const mine = join(scratch.dir, 'mine');
    expect(await ensureOwnFolder(mine)).toBe(true);
    expect(await ensureOwnFolder(mine)).toBe(true);
    await chmod(mine, 0o777);
    expect(await ensureOwnFolder(mine)).toBe(false);
  });

  it('does not follow a link that somebody put in the place of the folder', async () => {
    const link = join(scratch.dir, 'link');
    await symlink(scratch.dir, link);
    expect(await ensureOwnFolder(link)).toBe(false);
  });
});
