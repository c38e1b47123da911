import { changeOwnership, ensureFleet, grantStreams, SourceCipher } from '@weir/database';
import type { Granted } from '@weir/database';
import { computeDigest } from '@weir/domain';
import type {
  AckState,
  AcksResponse,
  HeartbeatRequest,
  HeartbeatResponse,
  RegisterRequest,
  RegisterResponse,
  ResyncResponse,
  StreamEpoch,
} from '@weir/domain';
import type { Answer, TestApi } from '../api.test-support';
import type { Problem } from '../problem/problem';

/** The default of WEIR_ENCRYPTION_KEY outside production. */
const cipher = new SourceCipher('weir-development-only-encryption-key');

/** A fleet with streams that exist and are placed without a balancer. */
export class TestStreams {
  private constructor(
    private readonly api: TestApi,
    readonly fleetId: number,
  ) {}

  static async inFleet(api: TestApi, fleet: string): Promise<TestStreams> {
    return new TestStreams(api, (await ensureFleet(api.database.control, fleet)).fleetId);
  }

  /** Creates streams and gives back their ids. */
  add(count: number): Promise<string[]> {
    return this.change(async (change) => {
      const rows = await change.sql.query<{ streamId: string }>(
        `insert into streams (fleet_id, name, source_encrypted, source_fingerprint, source_redacted)
         select $1, 'stream-' || gen_random_uuid(), $3, $3, 'http://radio/'
         from generate_series(1, $2) returning stream_id::text as "streamId"`,
        [this.fleetId, count, cipher.encrypt('http://user:secret@radio/')],
      );
      const ids = rows.map((row) => row.streamId);
      await change.sql.query(
        `insert into assignments (fleet_id, stream_id, revision)
         select $1, unnest($2::bigint[]), $3`,
        [this.fleetId, ids, change.revision],
      );
      return ids;
    });
  }

  /** Grants streams that have no owner to an instance. */
  place(serverId: string, streamIds: readonly string[]): Promise<Granted[]> {
    return this.change(async (change) => {
      const epochs = await change.sql.query<{ streamId: string; epoch: number }>(
        `select stream_id::text as "streamId", epoch from assignments
         where fleet_id = $1 and stream_id = any($2::bigint[])`,
        [this.fleetId, streamIds],
      );
      return grantStreams(
        change,
        epochs.map(({ streamId, epoch }) => ({ streamId, serverId, expectedEpoch: epoch })),
      );
    });
  }

  /** Adds streams and places them: what a balancer would do. */
  async give(serverId: string, count: number): Promise<Granted[]> {
    return this.place(serverId, await this.add(count));
  }

  async ownerOf(streamId: string): Promise<{ serverId: string | null; status: string }> {
    const rows = await this.api.database.control.query<{ serverId: string; status: string }>(
      `select server_id as "serverId", status from assignments
       where fleet_id = $1 and stream_id = $2`,
      [this.fleetId, streamId],
    );
    return rows[0]!;
  }

  change<T>(work: Parameters<typeof changeOwnership<T>>[3]): Promise<T> {
    return changeOwnership(this.api.database.control, this.fleetId, 'test', work);
  }
}

/** One instance as its client makes its calls, and what it believes that it runs. */
export class TestInstance {
  incarnation = 0;
  seenRevision = 0;
  running: StreamEpoch[] = [];

  constructor(
    readonly api: TestApi,
    readonly fleet: string,
    readonly serverId: string,
  ) {}

  get path(): string {
    return `/v1/fleets/${this.fleet}/instances/${this.serverId}`;
  }

  private get asInstance() {
    return { key: this.api.keys.instance };
  }

  async register(more: Partial<RegisterRequest> = {}): Promise<Answer<RegisterResponse>> {
    const body = { serverId: this.serverId, host: '127.0.0.1', port: 7080, maxStreams: 1_000 };
    const answer = await this.api.post<RegisterResponse>(
      `/v1/fleets/${this.fleet}/instances`,
      { ...body, ...more },
      this.asInstance,
    );
    this.incarnation = answer.body.incarnation;
    this.seenRevision = answer.body.revision;
    return answer;
  }

  beat<T = HeartbeatResponse>(more: Partial<HeartbeatRequest> = {}): Promise<Answer<T>> {
    const { incarnation, seenRevision } = this;
    const running = computeDigest(this.running);
    const body = { incarnation, seenRevision, running, ...more };
    return this.api.post<T>(`${this.path}/heartbeat`, body, this.asInstance);
  }

  ack<T = AcksResponse>(streams: readonly StreamEpoch[], state: AckState): Promise<Answer<T>> {
    const acks = streams.map(({ streamId, epoch }) => ({ streamId, epoch, state }));
    const body = { incarnation: this.incarnation, acks };
    return this.api.post<T>(`${this.path}/acks`, body, this.asInstance);
  }

  resync<T = ResyncResponse>(
    running: readonly StreamEpoch[],
    seenRevision?: number,
  ): Promise<Answer<T>> {
    const { incarnation } = this;
    const body = { incarnation, running, ...(seenRevision !== undefined && { seenRevision }) };
    return this.api.put<T>(`${this.path}/running`, body, this.asInstance);
  }

  drain<T = { serverId: string; status: string }>(): Promise<Answer<T>> {
    return this.api.post<T>(`${this.path}/drain`, undefined, this.asInstance);
  }

  leave(): Promise<Answer<Problem | undefined>> {
    return this.api.delete(`${this.path}?incarnation=${this.incarnation}`, this.asInstance);
  }
}
