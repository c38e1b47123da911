import {
  Database,
  changeFleetSettings,
  changeInstanceState,
  changeStream,
  createStream,
  deleteStream,
  ensureFleet,
  retryStream,
} from '@weir/database';
import type { DatabaseOptions, FleetRecord, SourceCipher } from '@weir/database';
import { STREAM_DEFAULTS } from '@weir/domain';
import type { FleetSettings, StreamDefinition } from '@weir/domain';
import type { SimulatedProcess } from '../kernel/simulated.process';
import type { HistoryPlan, OperatorAction } from '../history/history.plan';

/** An operator's action is tried this often, as a person would. */
const ATTEMPTS_MAX = 30;
const AGAIN_MS = 300;

/** Settings that fit into a history of a minute. Durations in ms. */
const SETTINGS: Partial<FleetSettings> = {
  reconcileIntervalMs: 1_000,
  massLossHoldMs: 5_000,
  moveCooldownMs: 3_000,
  movePrepareTimeoutMs: 3_000,
  moveStepTimeoutMs: 4_000,
  failedRetryMs: 400,
  failedRetryMaxMs: 2_000,
  parkAfterFailures: 4,
  parkRetryMs: 2_000,
  provenAfterMs: 3_000,
  startTimeoutMs: 6_000,
  isolateWindowMs: 20_000,
  isolateRecentMs: 4_000,
  flapWindowMs: 20_000,
  retireAfterMs: 60_000,
};

interface KnownStream {
  readonly streamId: string;
  exclusive: boolean;
  isWanted: boolean;
}

/** What the operator says, with what became of it. */
export interface OperatorCounts {
  done: number;
  refused: number;
}

/** Everything that operators do: it changes what is wanted, and knows what is. */
export class OperatorProcess {
  readonly counts: OperatorCounts = { done: 0, refused: 0 };
  readonly streams = new Map<string, KnownStream>();
  fleet: FleetRecord | undefined;
  isReady = false;
  private database: Database | undefined;
  private configs = 0;

  constructor(
    readonly process: SimulatedProcess,
    private readonly around: { readonly options: DatabaseOptions; readonly cipher: SourceCipher },
    readonly fleetName: string,
  ) {}

  /** Creates the fleet and its streams; runs as code of the process. */
  async start(plan: HistoryPlan): Promise<void> {
    this.database = new Database(this.around.options, () => undefined);
    const { control } = this.database;
    this.fleet = await ensureFleet(control, this.fleetName);
    const { leaseTtlMs } = plan;
    await changeFleetSettings(control, this.fleetName, (current) => ({
      ...current,
      ...SETTINGS,
      leaseTtlMs,
    }));
    for (const stream of plan.streams) await this.createStream(stream);
    this.isReady = true;
  }

  /** Tries until it is done or refused for good. */
  async act(action: OperatorAction): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      try {
        await this.perform(action);
        this.counts.done += 1;
        return;
      } catch (error) {
        if ((error as { name?: string }).name === 'DomainError') {
          this.counts.refused += 1;
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }

  private async perform(action: OperatorAction): Promise<void> {
    switch (action.action) {
      case 'create-stream':
        return this.createStream(action);
      case 'delete-stream':
        return this.deleteStream(action.name);
      case 'enable':
        return this.enable(action.name, action.isEnabled);
      case 'change-exclusive':
        return this.changeExclusive(action.name);
      case 'change-config':
        this.configs += 1;
        return this.patch(action.name, { config: { turn: this.configs } });
      case 'change-weight':
        return this.patch(action.name, { weight: action.weight });
      case 'cordon':
      case 'uncordon':
      case 'drain': {
        const { control, fleetId } = this.store;
        const intent = { action: action.action, isOperator: true };
        await changeInstanceState(control, fleetId, action.serverId, intent);
        return;
      }
      case 'freeze':
        return this.set({ frozen: action.isFrozen });
      case 'change-lease':
        return this.set({ leaseTtlMs: action.leaseTtlMs });
      case 'retry':
        return this.retry();
      case 'ring':
        return;
    }
  }

  /** Everything that failed is tried again, as after the repair of what they failed for. */
  private async retry(): Promise<void> {
    const { control, fleetId } = this.store;
    for (const { streamId } of this.streams.values()) {
      await retryStream(control, fleetId, streamId);
    }
  }

  private set(settings: Partial<FleetSettings>): Promise<void> {
    return changeFleetSettings(this.store.control, this.fleetName, (current) => ({
      ...current,
      ...settings,
    }));
  }

  private async createStream(stream: {
    readonly name: string;
    readonly exclusive: boolean;
    readonly autonomyMs: number;
  }): Promise<void> {
    const { control, fleetId } = this.store;
    const { name, exclusive, autonomyMs } = stream;
    const definition: StreamDefinition = {
      ...STREAM_DEFAULTS,
      name,
      source: `http://source/${name}`,
      exclusive,
      autonomyMs,
      resources: {},
      requires: {},
      avoid: {},
      spreadGroup: null,
      config: {},
    };
    const store = { runner: control, cipher: this.around.cipher, fleetId };
    const { streamId } = await createStream(store, definition);
    this.streams.set(name, { streamId, exclusive, isWanted: true });
  }

  private async deleteStream(name: string): Promise<void> {
    const known = this.streams.get(name);
    if (!known) return;
    await deleteStream(this.streamStore, known.streamId);
    this.streams.delete(name);
  }

  private async enable(name: string, isEnabled: boolean): Promise<void> {
    await this.patch(name, { enabled: isEnabled });
  }

  private async changeExclusive(name: string): Promise<void> {
    const known = this.streams.get(name);
    if (!known) return;
    await this.patch(name, { exclusive: !known.exclusive });
    known.exclusive = !known.exclusive;
  }

  private async patch(name: string, patch: Partial<StreamDefinition>): Promise<void> {
    const known = this.streams.get(name);
    if (!known) return;
    await changeStream(this.streamStore, known.streamId, patch);
  }

  private get streamStore() {
    const { control, fleetId } = this.store;
    return { runner: control, cipher: this.around.cipher, fleetId };
  }

  private get store() {
    if (!this.database || !this.fleet) throw new Error('the operator has not begun');
    return { control: this.database.control, fleetId: this.fleet.fleetId };
  }
}
