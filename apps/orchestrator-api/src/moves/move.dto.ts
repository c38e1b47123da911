import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { MoveState, MoveView } from '@weir/domain';
import { IsIn, IsOptional } from 'class-validator';
import { IdPageQuery } from '../operator/page.query';

const STATES: readonly MoveState[] = ['stopping', 'starting', 'done', 'aborted'];

export class MoveListQuery extends IdPageQuery {
  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES)
  state?: MoveState;
}

export class MoveDto implements MoveView {
  @ApiProperty({ example: '7' })
  moveId!: string;

  @ApiProperty({ example: '42' })
  streamId!: string;

  @ApiProperty({ example: 'radio-one' })
  streamName!: string;

  @ApiProperty({ example: 'edge-7' })
  fromServerId!: string;

  @ApiProperty({ example: 'edge-9' })
  toServerId!: string;

  @ApiProperty({ enum: STATES })
  state!: MoveState;

  @ApiProperty({ example: 'balance' })
  reason!: string;

  @ApiProperty({ description: 'What the plan expected of it.', example: 0.12 })
  gain!: number;

  @ApiProperty({ description: 'What the plan counted for it.', example: 0.01 })
  cost!: number;

  @ApiProperty({ type: String, nullable: true })
  error!: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}
