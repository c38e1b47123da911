import { ApiPropertyOptional } from '@nestjs/swagger';
import type { PageRequest } from '@weir/database';
import { NAME_PATTERN } from '@weir/domain';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';

const LIMIT_MAX = 1_000;
const LIMIT_DEFAULT = 100;
/** An id as text: a bigint of PostgreSQL in decimal digits. */
export const ID_PATTERN = /^[0-9]{1,18}$/;

class LimitQuery {
  @ApiPropertyOptional({
    description: 'Most items of one page.',
    minimum: 1,
    maximum: LIMIT_MAX,
    default: LIMIT_DEFAULT,
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(LIMIT_MAX)
  limit: number = LIMIT_DEFAULT;
}

/** Paging of lists whose cursor is an id. */
export class IdPageQuery extends LimitQuery {
  @ApiPropertyOptional({ description: '`next` of the page before.', example: '1042' })
  @IsOptional()
  @Matches(ID_PATTERN, { message: 'after must be the `next` of an earlier page' })
  after?: string;
}

/** Paging of lists whose cursor is a name. */
export class NamePageQuery extends LimitQuery {
  @ApiPropertyOptional({ description: '`next` of the page before.', example: 'edge-7' })
  @IsOptional()
  @Matches(NAME_PATTERN, { message: 'after must be the `next` of an earlier page' })
  after?: string;
}

export function toPageRequest(query: IdPageQuery | NamePageQuery): PageRequest {
  return { limit: query.limit, after: query.after ?? null };
}
