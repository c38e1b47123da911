import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { NAME_PATTERN } from '@weir/domain';
import type { AssignmentStatus, AssignmentView, HoldKind, Desired, EndView } from '@weir/domain';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { IdPageQuery } from '../operator/page.query';
import { HeldBackDto, HOLD_KINDS } from './held-back.dto';

const STATUSES: readonly AssignmentStatus[] = ['unassigned', 'starting', 'running', 'stopping'];

export class AssignmentListQuery extends IdPageQuery {
  @ApiPropertyOptional({ description: 'Only what this instance holds.', example: 'edge-7' })
  @IsOptional()
  @Matches(NAME_PATTERN, { message: 'serverId must be 1 to 128 letters, digits, ., _ or -' })
  serverId?: string;

  @ApiPropertyOptional({
    enum: STATUSES,
    description: '`unassigned` lists the streams that have no owner, with why.',
  })
  @IsOptional()
  @IsIn(STATUSES)
  status?: AssignmentStatus;

  @ApiPropertyOptional({
    enum: HOLD_KINDS,
    description: 'Only streams that are held back in this way.',
  })
  @IsOptional()
  @IsIn(HOLD_KINDS)
  heldBack?: HoldKind;
}

export class EndDto implements EndView {
  @ApiProperty({ example: 'edge-9' })
  serverId!: string;

  @ApiProperty({ enum: ['run', 'prepare', 'stop'] })
  desired!: Desired;

  @ApiProperty({ type: 'integer', example: 9 })
  epoch!: number;
}

export class AssignmentDto implements AssignmentView {
  @ApiProperty({ example: '42' })
  streamId!: string;

  @ApiProperty({ example: 'radio-one' })
  streamName!: string;

  @ApiProperty({ type: String, nullable: true, example: 'edge-7' })
  serverId!: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 3 })
  incarnation!: number | null;

  @ApiProperty({ description: 'Grows by each change of the owner.', example: 17 })
  epoch!: number;

  @ApiProperty({ description: "The fleet's revision at its latest change.", example: 1841 })
  revision!: number;

  @ApiProperty({ enum: STATUSES })
  status!: AssignmentStatus;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  assignedAt!: string | null;

  @ApiProperty({
    type: [EndDto],
    description: 'Ends of moves: who prepares it, runs it beside its owner, or has to stop it.',
  })
  ends!: EndDto[];

  @ApiProperty({ type: String, nullable: true, description: "In its owner's own words." })
  reportedState!: string | null;

  @ApiProperty({ type: String, nullable: true })
  reportedError!: string | null;

  @ApiProperty({ type: Number, nullable: true, description: 'In the unit of the weight.' })
  reportedLoad!: number | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    nullable: true,
    description: 'Why it has no owner: each reason with how many instances it rules out.',
    example: { 'label zone=eu-1 missing': 3 },
  })
  unplacedReasons!: Readonly<Record<string, number>> | null;

  @ApiProperty({ description: 'Failures in a row; 0 once a start of it lasted.', example: 0 })
  failures!: number;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'It rests after a failure until then.',
  })
  restUntil!: string | null;

  @ApiProperty({
    type: HeldBackDto,
    nullable: true,
    description: 'Why it is not placed like any other; null: it is.',
  })
  heldBack!: HeldBackDto | null;
}
