import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { NAME_PATTERN } from '@weir/domain';
import type {
  BandTerms,
  InstanceExplanation,
  Obstacle,
  ObstacleRule,
  ScoreTerms,
  StepReason,
} from '@weir/planner';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { HeldBackDto } from '../assignments/held-back.dto';

const INSTANCES_MAX = 1_000;
const INSTANCES_DEFAULT = 50;

export class ExplainQuery {
  @ApiPropertyOptional({ description: 'Only this instance.', example: 'edge-7' })
  @IsOptional()
  @Matches(NAME_PATTERN, { message: 'serverId must be 1 to 128 letters, digits, ., _ or -' })
  serverId?: string;

  @ApiPropertyOptional({
    description: 'Most instances listed: its owner first, then the best for it, then the others.',
    minimum: 1,
    maximum: INSTANCES_MAX,
    default: INSTANCES_DEFAULT,
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(INSTANCES_MAX)
  limit: number = INSTANCES_DEFAULT;
}

const RULES: readonly ObstacleRule[] = [
  'forbidden',
  'disabled',
  'moving',
  'failed',
  'balanceOff',
  'cooldown',
  'band',
  'gain',
  'notBest',
];

export class ObstacleDto implements Obstacle {
  @ApiProperty({ enum: RULES })
  rule!: ObstacleRule;

  @ApiProperty({ example: 'it would gain 0.4 % and cost 0.5 %' })
  change!: string;

  @ApiPropertyOptional({
    description: 'How much: ms of a cooldown, utilisation, or units of a resource.',
  })
  missing?: number;
}

export class ScoreTermsDto implements ScoreTerms {
  @ApiProperty({ description: 'Utilisation of the instance without the stream.', example: 0.52 })
  utilisationWithout!: number;

  @ApiProperty({ description: 'With it: the lowest is chosen.', example: 0.55 })
  utilisationWith!: number;

  @ApiProperty({ description: 'Others of its spread group in that zone.' })
  groupInZone!: number;

  @ApiProperty()
  hasFailedThere!: boolean;

  @ApiProperty({ description: 'By how much the hotter end would cool by moving it there.' })
  gain!: number;

  @ApiProperty({ description: 'What that would cost; it must be less than the gain.' })
  cost!: number;
}

export class BandTermsDto implements BandTerms {
  @ApiProperty({ description: 'Utilisation if the load were even.', example: 0.5 })
  mean!: number;

  @ApiProperty({ example: 0.55 })
  hotAbove!: number;

  @ApiProperty({ example: 0.45 })
  coldBelow!: number;
}

export class InstanceExplanationDto implements InstanceExplanation {
  @ApiProperty({ example: 'edge-7' })
  serverId!: string;

  @ApiProperty()
  isOwner!: boolean;

  @ApiProperty({ type: [String], example: ['label region=eu'] })
  forbiddenBy!: string[];

  @ApiProperty({ type: [ObstacleDto], description: 'What would have to change; empty: nothing.' })
  obstacles!: ObstacleDto[];

  @ApiPropertyOptional({ type: ScoreTermsDto })
  score?: ScoreTermsDto;

  @ApiPropertyOptional({ type: BandTermsDto })
  band?: BandTermsDto;
}

/** Why the stream is where it is, as the event of its placement or move there says. */
export class DecisionDto {
  @ApiProperty({ example: 'move.started' })
  kind!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty({ example: 'moving from edge-7 to edge-9 (balance)' })
  message!: string;

  @ApiPropertyOptional({ example: 'balance' })
  reason?: string;

  @ApiPropertyOptional()
  gain?: number;

  @ApiPropertyOptional()
  cost?: number;
}

/**
 * planned: the planner decides where it runs. disabled: nobody wants it to run. waiting: it may not
 * start before `notBefore`. held: it is being stopped and still takes room at its owner.
 */
export type PlanningState = 'planned' | 'disabled' | 'waiting' | 'held';

export class ExplanationDto {
  @ApiProperty({ example: '42' })
  streamId!: string;

  @ApiProperty({ example: 'radio-one' })
  name!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Its live owner.' })
  owner!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why it has to leave its owner, whatever balancing says; null: it may stay.',
    example: 'drain',
  })
  mustLeave!: StepReason | null;

  @ApiProperty({ enum: ['planned', 'disabled', 'waiting', 'held'] })
  state!: PlanningState;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Of a stream that waits; absent when only an operator ends that.',
  })
  notBefore?: string;

  @ApiProperty({
    type: HeldBackDto,
    nullable: true,
    description: 'Why it is not placed like any other: it failed, or its instances died.',
  })
  heldBack!: HeldBackDto | null;

  @ApiProperty({ type: DecisionDto, nullable: true, description: 'What put it where it is.' })
  decision!: DecisionDto | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    nullable: true,
    description:
      'Of a stream without an owner that no instance can take: reason -> instances that it rules out.',
    example: { 'label region=eu': 3, 'capacity memoryMb': 2 },
  })
  unplacedReasons!: Record<string, number> | null;

  @ApiProperty({ type: [InstanceExplanationDto] })
  instances!: InstanceExplanationDto[];

  @ApiProperty({ description: 'Instances of the fleet, listed or not.', example: 3 })
  instanceCount!: number;
}
