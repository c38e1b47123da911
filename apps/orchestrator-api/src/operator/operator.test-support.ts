import { applyPlacements, registerInstance, applyAcks } from '@weir/database';
import { DEFAULT_FLEET_SETTINGS } from '@weir/domain';
import type { AssignmentView, StreamView } from '@weir/domain';
import type { Page } from '@weir/database';
import { TestApi } from '../api.test-support';

/** A fleet of its own for one test, with what tests of operators' calls need. */
export class TestFleet {
  private constructor(
    readonly api: TestApi,
    readonly name: string,
    readonly fleetId: number,
  ) {}

  static async create(api: TestApi, name: string): Promise<TestFleet> {
    await api.put(`/v1/fleets/${name}`, {});
    const rows = await api.database.control.query<{ fleetId: number }>(
      'select fleet_id as "fleetId" from fleets where name = $1',
      [name],
    );
    return new TestFleet(api, name, rows[0]!.fleetId);
  }

  get path(): string {
    return `/v1/fleets/${this.name}`;
  }

  async addStream(name: string, more: object = {}): Promise<StreamView> {
    const body = { name, source: `https://radio.example/${name}.mp3`, ...more };
    const answer = await this.api.post<StreamView>(`${this.path}/streams`, body);
    if (answer.status !== 201) throw new Error(answer.text);
    return answer.body;
  }

  /** Registers an instance that is ready for streams. @returns its incarnation. */
  async addInstance(serverId: string, maxStreams = 10): Promise<number> {
    const registered = await registerInstance(
      this.api.database.control,
      this.fleetId,
      { serverId, host: '127.0.0.1', port: 7080, maxStreams },
      15_000,
    );
    return registered.incarnation;
  }

  /** Gives a stream to an instance, which says at once that it runs. @returns the epoch. */
  async run(streamId: string, serverId: string, incarnation: number): Promise<number> {
    const { control } = this.api.database;
    const current = await this.assignmentOf(streamId);
    const [granted] = await applyPlacements(control, this.fleetId, [
      { streamId, serverId, expectedEpoch: current.epoch, reason: 'test', gain: 0, cost: 0 },
    ]);
    if (!granted) throw new Error(`${serverId} was not given stream ${streamId}`);
    await applyAcks(
      control,
      this.fleetId,
      { serverId, incarnation },
      {
        acks: [{ streamId, epoch: granted.epoch, state: 'running' }],
        settings: DEFAULT_FLEET_SETTINGS,
      },
    );
    return granted.epoch;
  }

  /** The assignment row as it is, also of streams that are not listed any more. */
  async assignmentOf(streamId: string) {
    const rows = await this.api.database.control.query<{
      epoch: number;
      status: string;
      revision: number;
      serverId: string | null;
    }>(
      `select epoch, status, revision, server_id as "serverId" from assignments
       where fleet_id = $1 and stream_id = $2`,
      [this.fleetId, streamId],
    );
    return rows[0]!;
  }

  async listAssignments(query = ''): Promise<AssignmentView[]> {
    const answer = await this.api.get<Page<AssignmentView>>(`${this.path}/assignments${query}`);
    return answer.body.items;
  }

  /** Kinds of events, oldest first. */
  async eventKinds(query = ''): Promise<string[]> {
    const answer = await this.api.get<Page<{ kind: string }>>(
      `${this.path}/events?limit=1000${query}`,
    );
    return answer.body.items.map(({ kind }) => kind);
  }
}
