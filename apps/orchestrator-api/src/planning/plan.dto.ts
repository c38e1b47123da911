import { ApiProperty, ApiPropertyOptional, PickType } from '@nestjs/swagger';
import type { PlanStats, Scores, Step, StepReason, UnplacedStream } from '@weir/planner';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { PLANNING_SETTINGS } from '@weir/planning';
import { FleetSettingsDto } from '../fleets/fleet.dto';

const STEPS_MAX = 10_000;
const STEPS_DEFAULT = 1_000;

export class PlanQuery {
  @ApiPropertyOptional({
    description: 'Most steps and most unplaced streams listed; all of them are counted.',
    minimum: 0,
    maximum: STEPS_MAX,
    default: STEPS_DEFAULT,
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(STEPS_MAX)
  limit: number = STEPS_DEFAULT;
}

const AMOUNTS = {
  type: 'object',
  properties: {
    cpuCores: { type: 'number' },
    memoryMb: { type: 'number' },
    bandwidthMbps: { type: 'number' },
  },
} as const;
const LABELS = { type: 'object', additionalProperties: { type: 'string' } } as const;

export class AddedInstanceDto {
  @ApiProperty({ description: 'With `count`, the beginning of the names.', example: 'edge-new' })
  serverId!: string;

  @ApiProperty({ example: 500 })
  maxStreams!: number;

  @ApiPropertyOptional(AMOUNTS)
  capacity?: Record<string, number>;

  @ApiPropertyOptional()
  zone?: string;

  @ApiPropertyOptional(LABELS)
  labels?: Record<string, string>;

  @ApiPropertyOptional({ default: 1 })
  count?: number;
}

export class AddedStreamDto {
  @ApiPropertyOptional({
    description: 'With `count`, the beginning of the names.',
    default: 'stream',
    example: 'camera',
  })
  name?: string;

  @ApiPropertyOptional({ default: 1 })
  weight?: number;

  @ApiPropertyOptional(AMOUNTS)
  resources?: Record<string, number>;

  @ApiPropertyOptional()
  priority?: number;

  @ApiPropertyOptional(LABELS)
  requires?: Record<string, string>;

  @ApiPropertyOptional(LABELS)
  avoid?: Record<string, string>;

  @ApiPropertyOptional({ type: String, nullable: true })
  spreadGroup?: string | null;

  @ApiPropertyOptional({ default: 1 })
  count?: number;
}

export class ScenarioDto {
  @ApiPropertyOptional({ type: [String], description: 'As if these were lost now.' })
  removeInstances?: string[];

  @ApiPropertyOptional({ type: [AddedInstanceDto] })
  addInstances?: AddedInstanceDto[];

  @ApiPropertyOptional({ type: [AddedStreamDto] })
  streams?: AddedStreamDto[];
}

export class PlanningSettingsDto extends PickType(FleetSettingsDto, PLANNING_SETTINGS) {}

export class PlanRequestDto {
  @ApiPropertyOptional({ type: ScenarioDto, description: 'Left out: the fleet as it is.' })
  scenario?: ScenarioDto;

  @ApiPropertyOptional({ type: PlanningSettingsDto, description: 'Instead of those of the fleet.' })
  settings?: PlanningSettingsDto;
}

const REASONS: readonly StepReason[] = [
  'orphaned',
  'failover',
  'drain',
  'constraint',
  'spread',
  'capacity',
  'makeRoom',
  'join',
  'balance',
];

export class StepDto implements Step {
  @ApiProperty({ description: 'Of a stream of the scenario it begins with `new:`.', example: '42' })
  streamId!: string;

  @ApiPropertyOptional({ example: 'radio-one' })
  streamName?: string;

  @ApiPropertyOptional({ description: 'Absent when it runs nowhere.', example: 'edge-7' })
  from?: string;

  @ApiProperty({ example: 'edge-9' })
  to!: string;

  @ApiProperty({ enum: REASONS })
  reason!: StepReason;

  @ApiProperty({ example: 0.12 })
  gain!: number;

  @ApiProperty({ example: 0.01 })
  cost!: number;
}

export class UnplacedDto implements UnplacedStream {
  @ApiProperty({ example: '42' })
  streamId!: string;

  @ApiPropertyOptional({ example: 'radio-one' })
  streamName?: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    example: { 'label region=eu': 3 },
  })
  reasons!: Record<string, number>;
}

export class ScoresDto implements Scores {
  @ApiProperty({ description: 'Utilisation of the hottest instance.' })
  peak!: number;

  @ApiProperty({ description: 'Utilisation if the load were even.' })
  mean!: number;

  @ApiProperty({ description: 'Hottest minus coldest.' })
  spread!: number;

  @ApiProperty({ description: 'mean / peak; 1 is even.' })
  balance!: number;

  @ApiProperty()
  violations!: number;

  @ApiProperty()
  unplaced!: number;

  @ApiProperty({
    description: 'Share of the load without room if the worst instance, or zone, were lost.',
  })
  headroomN1!: number;
}

export class PlanStatsDto implements PlanStats {
  @ApiProperty()
  rounds!: number;

  @ApiProperty({ description: 'Pairs of stream and instance that were weighed.' })
  evaluated!: number;

  @ApiProperty({ enum: ['settled', 'budget', 'effort'] })
  stoppedBy!: PlanStats['stoppedBy'];
}

export class PlanCountsDto {
  @ApiProperty()
  placements!: number;

  @ApiProperty()
  moves!: number;

  @ApiProperty()
  unplaced!: number;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'number' }, example: { join: 12 } })
  byReason!: Record<string, number>;
}

export class PlanDto {
  @ApiProperty({ type: PlanCountsDto, description: 'All steps, listed or not.' })
  counts!: PlanCountsDto;

  @ApiProperty({ description: 'True when `limit` left some out.' })
  truncated!: boolean;

  @ApiProperty({ type: [StepDto] })
  placements!: StepDto[];

  @ApiProperty({ type: [StepDto] })
  moves!: StepDto[];

  @ApiProperty({ type: [UnplacedDto] })
  unplaced!: UnplacedDto[];

  @ApiProperty({ type: ScoresDto, description: 'With the scenario, before anything is done.' })
  before!: ScoresDto;

  @ApiProperty({ type: ScoresDto, description: 'When every step is done.' })
  after!: ScoresDto;

  @ApiProperty({ type: PlanStatsDto })
  stats!: PlanStatsDto;
}
