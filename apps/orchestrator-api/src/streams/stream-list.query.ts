import { ApiPropertyOptional } from '@nestjs/swagger';
import type { StreamFilter } from '@weir/database';
import { STREAM_LIMITS } from '@weir/domain';
import { IsIn, IsOptional, Length, Matches } from 'class-validator';
import { IdPageQuery } from '../operator/page.query';

const LABEL = /^([^=]{1,256})=(.{1,256})$/s;

export class StreamListQuery extends IdPageQuery {
  @ApiPropertyOptional({ description: 'How the name begins.', example: 'radio-' })
  @IsOptional()
  @Length(1, STREAM_LIMITS.nameLength)
  name?: string;

  @ApiPropertyOptional({ enum: ['true', 'false'] })
  @IsOptional()
  @IsIn(['true', 'false'])
  enabled?: string;

  @ApiPropertyOptional({ description: 'A label that it requires.', example: 'zone=eu-1' })
  @IsOptional()
  @Matches(LABEL, { message: 'label must be of the form label=value' })
  label?: string;
}

export function toStreamFilter(query: StreamListQuery): StreamFilter {
  const label = query.label === undefined ? null : LABEL.exec(query.label);
  return {
    namePrefix: query.name ?? null,
    enabled: query.enabled === undefined ? null : query.enabled === 'true',
    requires: label ? { [String(label[1])]: String(label[2]) } : null,
  };
}
