import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MOVE_STATES } from '@weir/domain';
import type { MoveState, MoveView } from '@weir/domain';
import { IsIn, IsOptional } from 'class-validator';
import { IdPageQuery } from '../operator/page.query';
import { NameField, StreamIdField, TextField } from '../validation/fields';

export class MoveListQuery extends IdPageQuery {
  @ApiPropertyOptional({ enum: MOVE_STATES })
  @IsOptional()
  @IsIn(MOVE_STATES)
  state?: MoveState;

  @StreamIdField({ optional: true, description: 'Only moves of this stream.' })
  streamId?: string;
}

const REASON_LENGTH = 512;

export class NewMoveDto {
  @StreamIdField()
  streamId!: string;

  @NameField({ description: 'The instance that is to own it.', example: 'edge-9' })
  toServerId!: string;

  @TextField({ min: 1, max: REASON_LENGTH, optional: true, description: 'For the history.' })
  reason?: string;
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

  @ApiProperty({ enum: MOVE_STATES })
  state!: MoveState;

  @ApiProperty({
    description: 'The policy that it began with: true stops the source before the target starts.',
  })
  exclusive!: boolean;

  @ApiProperty({ type: String, nullable: true, description: 'The rebalance that it belongs to.' })
  planId!: string | null;

  @ApiProperty({ example: 'balance' })
  reason!: string;

  @ApiProperty({ description: 'What the plan expected of it.', example: 0.12 })
  gain!: number;

  @ApiProperty({ description: 'What the plan counted for it.', example: 0.01 })
  cost!: number;

  @ApiProperty({ type: String, nullable: true })
  error!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When its step must have ended; null unless it is under way.',
  })
  deadline!: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  startedAt!: string | null;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}
