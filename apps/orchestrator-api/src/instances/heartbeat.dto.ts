import { ApiProperty } from '@nestjs/swagger';
import { EMPTY_DIGEST, PROTOCOL_LIMITS } from '@weir/domain';
import type { HeartbeatRequest, HeartbeatResponse, InstanceStatus } from '@weir/domain';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsObject,
  Matches,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import {
  CounterField,
  field,
  IntegerField,
  NoteField,
  NumberField,
  StreamIdField,
} from '../validation/fields';
import { AssignmentDto } from './instance.answers';

const isGiven = (_object: unknown, value: unknown): boolean => value !== undefined;
const Ratio = () => NumberField({ min: 0, max: 1, optional: true, example: 0.4 });
const Measure = () => NumberField({ min: 0, max: 1e12, optional: true, example: 12.5 });

export class RunningDigestDto {
  @IntegerField({ min: 0, max: 2 ** 31 - 1, example: 0 })
  count!: number;

  @field(
    { type: 'string', pattern: '^[0-9a-f]{16}$' },
    {
      example: EMPTY_DIGEST,
      description: 'XOR of the first 8 bytes of SHA-256 of each `streamId:epoch`, in hex.',
    },
    Matches(/^[0-9a-f]{16}$/),
  )
  digest!: string;
}

export class MetricsDto {
  @Ratio()
  cpu?: number;

  @Ratio()
  memory?: number;

  @Measure()
  eventLoopLagMs?: number;

  @Measure()
  bandwidthMbps?: number;

  @Ratio()
  errorRate?: number;

  @Measure()
  latencyP95Ms?: number;
}

export class StreamReportDto {
  @StreamIdField()
  streamId!: string;

  @NumberField({
    min: 0,
    max: 1e12,
    optional: true,
    description: "Measured demand, in the unit of the stream's weight.",
  })
  load?: number;

  @NoteField({ optional: true, example: 'running' })
  state?: string;

  @NoteField({ optional: true })
  error?: string;
}

/** A heartbeat, for the documentation; heartbeat.check.ts is what checks it. */
export class HeartbeatDto implements HeartbeatRequest {
  @CounterField({ example: 3 })
  incarnation!: number;

  @CounterField({ example: 42 })
  seenRevision!: number;

  @ApiProperty({ type: RunningDigestDto })
  @IsObject()
  @ValidateNested()
  @Type(() => RunningDigestDto)
  running!: RunningDigestDto;

  @ApiProperty({ type: MetricsDto, required: false })
  @ValidateIf(isGiven)
  @IsObject()
  @ValidateNested()
  @Type(() => MetricsDto)
  metrics?: MetricsDto;

  @ApiProperty({ type: [StreamReportDto], required: false })
  @ValidateIf(isGiven)
  @IsArray()
  @ArrayMaxSize(PROTOCOL_LIMITS.reportsPerHeartbeat)
  @ValidateNested({ each: true })
  @Type(() => StreamReportDto)
  streams?: StreamReportDto[];
}

export class HeartbeatAnswerDto implements HeartbeatResponse {
  @ApiProperty({ type: 'integer', example: 15000 })
  leaseTtlMs!: number;

  @ApiProperty({ type: 'integer', example: 5000 })
  heartbeatIntervalMs!: number;

  @ApiProperty({ type: 'integer', example: 42 })
  revision!: number;

  @ApiProperty({ enum: ['ready', 'cordoned', 'draining', 'lost', 'left'], example: 'ready' })
  status!: InstanceStatus;

  @ApiProperty({ type: [AssignmentDto], required: false })
  changes?: AssignmentDto[];

  @ApiProperty({ enum: [true], required: false })
  resync?: true;
}
