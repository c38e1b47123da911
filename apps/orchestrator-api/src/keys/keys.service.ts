import { Injectable } from '@nestjs/common';
import { Database, OrdinaryReads, issueKey, listKeys, revokeKey } from '@weir/database';
import type { KeyView, Page, PageRequest } from '@weir/database';
import { DomainError } from '@weir/domain';
import { FleetsCache } from '../notices/fleets.cache';
import { ID_PATTERN } from '../operator/page.query';
import { inputError } from '../problem/validation.problems';
import type { IssuedKeyDto, NewKeyDto } from './key.dto';

@Injectable()
export class KeysService {
  constructor(
    private readonly database: Database,
    private readonly reads: OrdinaryReads,
    private readonly fleets: FleetsCache,
  ) {}

  list(page: PageRequest): Promise<Page<KeyView>> {
    return listKeys(this.reads, page);
  }

  /** @throws DomainError FLEET_UNKNOWN, INVALID_INPUT */
  async issue({ name, role, fleet, serverIds }: NewKeyDto): Promise<IssuedKeyDto> {
    if (serverIds && role !== 'instance') {
      throw inputError([{ path: 'serverIds', message: 'is only for keys of the role instance' }]);
    }
    const fleetId = fleet === undefined ? null : (await this.fleets.get(fleet)).fleetId;
    const issued = await issueKey(this.database.control, {
      name,
      role,
      fleetId,
      serverIds: serverIds ?? null,
    });
    const { lastUsedAt: _lastUsedAt, revokedAt: _revokedAt, ...answer } = issued;
    return answer;
  }

  /** @throws DomainError KEY_UNKNOWN */
  async revoke(keyId: string): Promise<void> {
    if (!ID_PATTERN.test(keyId)) throw new DomainError('KEY_UNKNOWN', 'no key has such an id');
    await revokeKey(this.database.control, keyId);
  }
}
