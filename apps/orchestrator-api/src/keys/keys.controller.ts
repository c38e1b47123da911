import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { KeyView, Page } from '@weir/database';
import { Requires } from '../auth/requires.decorator';
import { Repeatable } from '../idempotency/repeatable.decorator';
import { Problems } from '../openapi/problems.decorator';
import { ApiPage } from '../operator/page.answer';
import { IdPageQuery, toPageRequest } from '../operator/page.query';
import { IssuedKeyDto, KeyDto, NewKeyDto } from './key.dto';
import { KeysService } from './keys.service';

@ApiTags('keys')
@Controller('v1/keys')
@Requires('operator')
export class KeysController {
  constructor(private readonly keys: KeysService) {}

  @Get()
  @ApiOperation({ summary: 'List keys without their secrets, revoked ones included.' })
  @ApiPage(KeyDto, 'Keys in the order in which they were made.')
  list(@Query() query: IdPageQuery): Promise<Page<KeyView>> {
    return this.keys.list(toPageRequest(query));
  }

  @Post()
  @Repeatable()
  @ApiOperation({ summary: 'Make a key. It is shown in this answer and never again.' })
  @ApiCreatedResponse({ type: IssuedKeyDto })
  @Problems('FLEET_UNKNOWN')
  issue(@Body() body: NewKeyDto): Promise<IssuedKeyDto> {
    return this.keys.issue(body);
  }

  @Delete(':keyId')
  @HttpCode(204)
  @Repeatable()
  @ApiOperation({
    summary: 'Revoke a key for good. It stops working within 5 s.',
    description:
      'Also the key that makes this call: revoke it last, and only when another operator key ' +
      'exists. Revoking again changes nothing.',
  })
  @ApiNoContentResponse()
  @Problems('KEY_UNKNOWN')
  revoke(@Param('keyId') keyId: string): Promise<void> {
    return this.keys.revoke(keyId);
  }
}
