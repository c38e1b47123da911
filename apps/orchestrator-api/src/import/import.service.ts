import { Injectable } from '@nestjs/common';
import {
  Database,
  OrdinaryReads,
  SourceCipher,
  findKeyName,
  importStreams,
  previewImport,
  recordImport,
} from '@weir/database';
import { DomainError } from '@weir/domain';
import { FleetsCache } from '../notices/fleets.cache';
import type { HttpRequest } from '../http/fastify.types';
import { collectBatches } from './import.batcher';
import { openBody } from './import.body';
import { findReader } from './import.formats';
import { ImportTally } from './import.tally';
import type { ImportResult } from './import.tally';

export interface ImportOrder {
  readonly fleet: string;
  readonly dryRun: boolean;
  /** The API key of whoever asks. */
  readonly keyId: number;
}

/** Imports streams from a body of any length while it arrives, batch by batch. */
@Injectable()
export class ImportService {
  constructor(
    private readonly database: Database,
    private readonly cipher: SourceCipher,
    private readonly reads: OrdinaryReads,
    private readonly fleets: FleetsCache,
  ) {}

  /**
   * Good entries land, bad ones are listed. What was committed before an error stays.
   * @throws DomainError FLEET_UNKNOWN, MEDIA_TYPE_UNSUPPORTED, BODY_TOO_LARGE, INVALID_INPUT
   */
  async run(request: HttpRequest, order: ImportOrder): Promise<ImportResult> {
    const { fleetId } = await this.fleets.get(order.fleet);
    const store = { runner: this.database.control, cipher: this.cipher, fleetId };
    const body = openBody(request);
    const read = findReader(request.headers['content-type']);
    if (!read) throw new DomainError('MEDIA_TYPE_UNSUPPORTED', 'this format is not known');
    const tally = new ImportTally();
    for await (const rows of collectBatches(read(body), tally)) {
      tally.add(
        order.dryRun
          ? await previewImport(this.reads, store, rows)
          : await importStreams(store, rows),
      );
    }
    if (tally.entries === 0) throw new DomainError('INVALID_INPUT', 'the import holds no streams');
    const result = tally.toResult(order.dryRun);
    if (!order.dryRun) await this.record(fleetId, result, order.keyId);
    return result;
  }

  private async record(fleetId: number, result: ImportResult, keyId: number): Promise<void> {
    const { created, updated, unchanged, rejectedCount: rejected } = result;
    const requestedBy = (await findKeyName(this.reads, keyId)) ?? `key ${keyId}`;
    const summary = { created, updated, unchanged, rejected, requestedBy };
    await recordImport(this.database.control, fleetId, summary);
  }
}
