import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { NAME_PATTERN } from '@weir/domain';
import type { EventKind, EventView, Severity } from '@weir/domain';
import { IsOptional, Matches } from 'class-validator';
import { IsInstant } from '../operator/instant.rule';
import { ID_PATTERN, IdPageQuery } from '../operator/page.query';

export class EventListQuery extends IdPageQuery {
  @ApiPropertyOptional({ example: '42' })
  @IsOptional()
  @Matches(ID_PATTERN, { message: 'streamId must be an id in decimal digits' })
  streamId?: string;

  @ApiPropertyOptional({ example: 'edge-7' })
  @IsOptional()
  @Matches(NAME_PATTERN, { message: 'serverId must be 1 to 128 letters, digits, ., _ or -' })
  serverId?: string;

  @ApiPropertyOptional({ example: 'instance.lost' })
  @IsOptional()
  @Matches(/^[a-z.-]{1,64}$/, { message: 'kind must be a kind of event, such as instance.lost' })
  kind?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Only what happened since. RFC 3339.' })
  @IsOptional()
  @IsInstant()
  since?: string;
}

export class EventWatchQuery {
  @ApiPropertyOptional({
    description: 'Begin after this event; 0 for the whole history. By default only what is new.',
    example: '1042',
  })
  @IsOptional()
  @Matches(ID_PATTERN, { message: 'after must be the id of an event' })
  after?: string;
}

export class EventDto implements EventView {
  @ApiProperty({ example: '1042' })
  eventId!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty({ type: String, example: 'stream.placed' })
  kind!: EventKind;

  @ApiProperty({ enum: ['INFO', 'WARNING', 'ERROR', 'CRITICAL'] })
  severity!: Severity;

  @ApiProperty({ type: String, nullable: true, example: '42' })
  streamId!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'edge-7' })
  serverId!: string | null;

  @ApiProperty({ example: 'placed on edge-7 (least-loaded)' })
  message!: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  detail!: Readonly<Record<string, unknown>>;
}
