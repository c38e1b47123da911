import { Controller, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { WithCaller } from '../auth/caller.decorator';
import type { Caller } from '../auth/caller.decorator';
import { Requires } from '../auth/requires.decorator';
import type { HttpRequest } from '../http/fastify.types';
import { Problems } from '../openapi/problems.decorator';
import { IMPORT_PATH } from './import.body';
import { ImportQuery, ImportResultDto } from './import.dto';
import { ImportService } from './import.service';
import type { ImportResult } from './import.tally';

@ApiTags('streams')
@Controller(`v1/fleets/:fleet/${IMPORT_PATH}`)
export class ImportController {
  constructor(private readonly imports: ImportService) {}

  @Post()
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({
    summary: 'Create or update many streams by name.',
    description:
      'NDJSON: one stream per line. CSV: a header names the columns, one record per line, labels ' +
      'as `label=value;label=value`, config as JSON. M3U: `#EXTINF:-1,Name`, then the address. ' +
      'Up to 64 MiB. Fields that are not given keep what they are, or get their defaults. Good ' +
      'entries are imported, the others listed; of entries with the same name the first counts. ' +
      'It can be repeated without an Idempotency-Key: what is there already is unchanged.',
  })
  @ApiConsumes(
    'application/x-ndjson',
    'text/csv',
    'audio/x-mpegurl',
    'application/vnd.apple.mpegurl',
  )
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOkResponse({ type: ImportResultDto })
  @Problems('FLEET_UNKNOWN', 'BODY_TOO_LARGE', 'MEDIA_TYPE_UNSUPPORTED')
  import(
    @Param('fleet') fleet: string,
    @Query() query: ImportQuery,
    @Req() request: HttpRequest,
    @WithCaller() { keyId }: Caller,
  ): Promise<ImportResult> {
    return this.imports.run(request, { fleet, dryRun: query.dryRun === 'true', keyId });
  }
}
