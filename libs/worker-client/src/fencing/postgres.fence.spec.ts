import { createTestDatabase, until } from '@weir/testing';
import type { TestDatabase } from '@weir/testing';
import { Client } from 'pg';
import { PostgresFence } from './postgres.fence';
import { StaleEpochError } from './stale.epoch.error';

let test: TestDatabase;
const fence = new PostgresFence('sink_epochs');
const clients: Client[] = [];
let lastStream = 0;

beforeAll(async () => {
  test = await createTestDatabase('fence');
  const admin = await connect();
  await admin.query(fence.ddl);
  await admin.query(`create table sink (
    stream_id bigint not null, epoch bigint not null, at bigint generated always as identity)`);
}, 60_000);
afterAll(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await test?.close();
});

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: test.url });
  clients.push(client);
  await client.connect();
  return client;
}

/** One owner of a stream, on its own connection. */
class Owner {
  private constructor(
    private readonly client: Client,
    readonly streamId: string,
    readonly epoch: number,
  ) {}

  static async of(streamId: string, epoch: number): Promise<Owner> {
    return new Owner(await connect(), streamId, epoch);
  }

  async begin(): Promise<void> {
    await this.client.query('begin');
    await this.admit();
  }

  admit(): Promise<void> {
    return fence.admit((text, values) => this.client.query(text, values), this);
  }

  async insert(): Promise<void> {
    const values = [this.streamId, this.epoch];
    await this.client.query('insert into sink (stream_id, epoch) values ($1, $2)', values);
  }

  commit(): Promise<unknown> {
    return this.client.query('commit');
  }

  /** @returns whether it was admitted */
  async write(): Promise<boolean> {
    try {
      await this.begin();
      await this.insert();
      await this.commit();
      return true;
    } catch (error) {
      await this.client.query('rollback');
      if (error instanceof StaleEpochError) return false;
      throw error;
    }
  }

  /** True while its connection waits for a lock. */
  async isWaiting(): Promise<boolean> {
    const [row] = await test.database.control.query<{ waits: boolean }>(
      `select wait_event_type = 'Lock' as waits from pg_stat_activity where pid = $1`,
      [await this.pid],
    );
    return row?.waits === true;
  }

  private get pid(): number {
    return (this.client as unknown as { processID: number }).processID;
  }
}

/** The epochs of what is in the sink, in the order in which it was written. */
async function written(streamId: string): Promise<number[]> {
  const rows = await test.database.control.query<{ epoch: string }>(
    'select epoch from sink where stream_id = $1 order by at',
    [streamId],
  );
  return rows.map(({ epoch }) => Number(epoch));
}

const newStream = () => String((lastStream += 1));

describe('PostgresFence', () => {
  it('admits an owner until a newer one was admitted', async () => {
    const stream = newStream();
    const [old, young] = [await Owner.of(stream, 7), await Owner.of(stream, 8)];
    expect([await old.write(), await old.write()]).toEqual([true, true]);
    expect([await young.write(), await old.write(), await young.write()]).toEqual([
      true,
      false,
      true,
    ]);
    expect(await written(stream)).toEqual([7, 7, 8, 8]);
  });

  it('keeps the streams apart, and epochs exact up to 2 ** 53', async () => {
    const [one, other] = [newStream(), newStream()];
    const last = Number.MAX_SAFE_INTEGER;
    expect(await (await Owner.of(one, last)).write()).toBe(true);
    expect(await (await Owner.of(one, last - 1)).write()).toBe(false);
    expect(await (await Owner.of(other, 0)).write()).toBe(true);
  });

  it('makes a new owner wait for what the old one was admitted for, then refuses the old one', async () => {
    const stream = newStream();
    const [old, young] = [await Owner.of(stream, 7), await Owner.of(stream, 8)];
    await old.write();
    await old.begin();
    const takenOver = young.write();
    await until('the new owner waits', () => young.isWaiting());
    await old.insert();
    await old.commit();
    expect(await takenOver).toBe(true);
    expect(await old.write()).toBe(false);
    expect(await written(stream)).toEqual([7, 7, 8]);
  });

  it('refuses an old owner that asked while the new one was about to commit', async () => {
    const stream = newStream();
    const [old, young] = [await Owner.of(stream, 7), await Owner.of(stream, 8)];
    await old.write();
    await young.begin();
    const late = old.write();
    await until('the old owner waits', () => old.isWaiting());
    await young.insert();
    await young.commit();
    expect(await late).toBe(false);
    expect(await written(stream)).toEqual([7, 8]);
  });

  it('does not let writers of one epoch wait for each other once the epoch is known', async () => {
    const stream = newStream();
    const [one, another] = [await Owner.of(stream, 7), await Owner.of(stream, 7)];
    await one.write();
    await one.begin();
    expect(await another.write()).toBe(true);
    await one.commit();
  });

  it('lets no write of an older epoch follow one of a newer, however they interleave', async () => {
    const stream = newStream();
    const owners = await Promise.all([1, 1, 2, 3, 3, 4].map((epoch) => Owner.of(stream, epoch)));
    const admitted = await Promise.all(
      owners.map(async (owner) => {
        let count = 0;
        for (let attempt = 0; attempt < 40; attempt += 1) if (await owner.write()) count += 1;
        return count;
      }),
    );
    const epochs = await written(stream);
    expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
    expect(epochs).toHaveLength(admitted.reduce((sum, count) => sum + count, 0));
    expect(admitted.at(-1)).toBe(40);
  });

  it('works without a transaction for a write that guards itself in its own statement', async () => {
    const stream = newStream();
    const [old, young] = [await Owner.of(stream, 7), await Owner.of(stream, 8)];
    await old.admit();
    const guarded = `insert into sink (stream_id, epoch)
      select stream_id, epoch from sink_epochs
      where stream_id = $1 and epoch = $2 for share`;
    const send = async (epoch: number) =>
      (await clients[0]!.query(guarded, [stream, epoch])).rowCount;
    expect(await send(7)).toBe(1);
    await young.admit();
    expect([await send(7), await send(8)]).toEqual([0, 1]);
  });

  it('refuses a table name that would need quoting', () => {
    expect(() => new PostgresFence('epochs; drop table sink')).toThrow(TypeError);
    expect(new PostgresFence('audio.stream_epochs').ddl).toContain('audio.stream_epochs');
  });
});
