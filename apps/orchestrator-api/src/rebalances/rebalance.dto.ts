import { ApiProperty, getSchemaPath } from '@nestjs/swagger';
import type { Page } from '@weir/database';
import {
  MOVE_STATES,
  REBALANCE_MOVES_DEFAULT,
  REBALANCE_MOVES_MAX,
  REBALANCE_STATES,
} from '@weir/domain';
import type { MoveState, MoveView, RebalanceState, RebalanceView } from '@weir/domain';
import { MoveDto } from '../moves/move.dto';
import { BooleanField, IntegerField, TextField } from '../validation/fields';

const REASON_LENGTH = 512;

export class NewRebalanceDto {
  @IntegerField({
    min: 1,
    max: REBALANCE_MOVES_MAX,
    optional: true,
    description: `Most moves of it; ${REBALANCE_MOVES_DEFAULT} when nothing is said.`,
  })
  maxMoves?: number;

  @TextField({ min: 1, max: REASON_LENGTH, optional: true, description: 'For the history.' })
  reason?: string;

  @BooleanField({
    optional: true,
    description: 'True: streams that moved a moment ago may move again.',
  })
  ignoreCooldown?: boolean;
}

export class RequestedRebalanceDto {
  @ApiProperty({ example: '3' })
  planId!: string;
}

const TIME = { type: String, format: 'date-time', nullable: true } as const;

export class RebalanceDto implements RebalanceView {
  @ApiProperty({ example: '3' })
  planId!: string;

  @ApiProperty({ enum: REBALANCE_STATES })
  state!: RebalanceState;

  @ApiProperty({ type: String, nullable: true })
  reason!: string | null;

  @ApiProperty({ example: 'operator' })
  requestedBy!: string;

  @ApiProperty({ type: 'integer' })
  maxMoves!: number;

  @ApiProperty()
  ignoreCooldown!: boolean;

  @ApiProperty({
    type: 'object',
    properties: Object.fromEntries(MOVE_STATES.map((state) => [state, { type: 'integer' }])),
    description: 'How many of its moves are in each state.',
  })
  progress!: Record<MoveState, number>;

  @ApiProperty({ type: String, nullable: true, description: 'What came of it, once it is over.' })
  outcome!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: '`before` and `after`: how good the assignment was, and is planned to be.',
  })
  scores!: Record<string, unknown> | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'How long the rest takes at the pace so far, in ms; null: too little is known.',
  })
  remainingMs!: number | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty(TIME)
  plannedAt!: string | null;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;

  @ApiProperty(TIME)
  finishedAt!: string | null;
}

export class RebalanceDetailDto extends RebalanceDto {
  @ApiProperty({
    type: 'object',
    required: ['items', 'next'],
    properties: {
      items: { type: 'array', items: { $ref: getSchemaPath(MoveDto) } },
      next: { type: 'string', nullable: true },
    },
    description: 'A page of its moves, in the order in which they begin.',
  })
  moves!: Page<MoveView>;
}
