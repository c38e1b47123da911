import { Injectable } from '@nestjs/common';
import {
  Database,
  OrdinaryReads,
  SourceCipher,
  changeStream,
  createStream,
  deleteStream,
  getAssignment,
  getStream,
  listStreams,
  retryStream,
  unknownStream,
} from '@weir/database';
import type { Page, PageRequest, StreamFilter, StreamStore } from '@weir/database';
import { isStreamId } from '@weir/domain';
import type { AssignmentView, StreamView } from '@weir/domain';
import { FleetsCache } from '../notices/fleets.cache';
import { readNewStream, readStreamPatch } from './stream.rules';

/** Streams of a fleet. Everything throws FLEET_UNKNOWN and, where one is named, STREAM_UNKNOWN. */
@Injectable()
export class StreamsService {
  constructor(
    private readonly database: Database,
    private readonly cipher: SourceCipher,
    private readonly reads: OrdinaryReads,
    private readonly fleets: FleetsCache,
  ) {}

  async list(fleet: string, filter: StreamFilter, page: PageRequest): Promise<Page<StreamView>> {
    const { fleetId } = await this.fleets.get(fleet);
    return listStreams(this.reads, fleetId, filter, page);
  }

  async get(fleet: string, streamId: string): Promise<StreamView> {
    const { fleetId } = await this.storeOf(fleet, streamId);
    return getStream(this.reads, fleetId, streamId);
  }

  async create(fleet: string, body: unknown): Promise<StreamView> {
    const definition = readNewStream(body);
    return createStream(await this.storeOf(fleet), definition);
  }

  async change(fleet: string, streamId: string, body: unknown): Promise<StreamView> {
    const patch = readStreamPatch(body);
    return changeStream(await this.storeOf(fleet, streamId), streamId, patch);
  }

  async retry(fleet: string, streamId: string): Promise<AssignmentView> {
    const { runner, fleetId } = await this.storeOf(fleet, streamId);
    await retryStream(runner, fleetId, streamId);
    return getAssignment(runner, fleetId, streamId);
  }

  async delete(fleet: string, streamId: string): Promise<void> {
    await deleteStream(await this.storeOf(fleet, streamId), streamId);
  }

  private async storeOf(fleet: string, streamId?: string): Promise<StreamStore> {
    const { fleetId } = await this.fleets.get(fleet);
    if (streamId !== undefined && !isStreamId(streamId)) throw unknownStream(streamId);
    return { runner: this.database.control, cipher: this.cipher, fleetId };
  }
}
