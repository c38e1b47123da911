import { ApiProperty } from '@nestjs/swagger';
import { STREAM_LIMITS } from '@weir/domain';
import type { AckCode, Assignment, Desired, InstanceStatus, JsonObject } from '@weir/domain';
import { JsonObjectField } from '../validation/map.rules';
import { StreamEpochDto } from './register.dto';

/**
 * Bodies that instances are answered with, for the documentation. Shapes are those of libs/domain.
 */
export class AssignedStreamDto {
  @ApiProperty({ example: 'radio-1' })
  name!: string;

  @ApiProperty({ example: 'https://radio.example/live', description: 'With its credentials.' })
  source!: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  config!: JsonObject;
}

export class AssignmentDto implements Assignment {
  @ApiProperty({ example: '4711' })
  streamId!: string;

  @ApiProperty({ type: 'integer', example: 8 })
  epoch!: number;

  @ApiProperty({ enum: ['run', 'prepare', 'stop'] })
  desired!: Desired;

  @ApiProperty({
    type: 'integer',
    required: false,
    description: 'Start no earlier than this after receipt: what is left of another lease. In ms.',
  })
  notBeforeMs?: number;

  @ApiProperty()
  exclusive!: boolean;

  @ApiProperty({
    type: 'integer',
    required: false,
    description: 'How long it may run past the lease; absent when 0. In ms.',
  })
  autonomyMs?: number;

  @ApiProperty({ type: AssignedStreamDto })
  stream!: AssignedStreamDto;

  @JsonObjectField({ maxBytes: STREAM_LIMITS.checkpointBytes, optional: true })
  checkpoint?: JsonObject;
}

export class RegisteredDto {
  @ApiProperty({ example: 'worker-1' })
  serverId!: string;

  @ApiProperty({ type: 'integer', example: 3 })
  incarnation!: number;

  @ApiProperty({ type: 'integer', example: 15000 })
  leaseTtlMs!: number;

  @ApiProperty({ type: 'integer', example: 5000 })
  heartbeatIntervalMs!: number;

  @ApiProperty({ type: 'integer', example: 42 })
  revision!: number;

  @ApiProperty({ type: [AssignmentDto] })
  assignments!: AssignmentDto[];
}

export class AckResultDto {
  @ApiProperty({ example: '4711' })
  streamId!: string;

  @ApiProperty()
  accepted!: boolean;

  @ApiProperty({ enum: ['STALE_EPOCH', 'STREAM_UNKNOWN', 'NOT_PREPARING'], required: false })
  code?: AckCode;
}

export class AckResultsDto {
  @ApiProperty({ type: [AckResultDto] })
  results!: AckResultDto[];
}

export class ResyncStopDto extends StreamEpochDto {
  @ApiProperty({ enum: ['NOT_OWNED', 'STALE_EPOCH', 'STOPPING'] })
  reason!: string;
}

export class ResyncedDto {
  @ApiProperty({ type: [AssignmentDto] })
  start!: AssignmentDto[];

  @ApiProperty({ type: [ResyncStopDto] })
  stop!: ResyncStopDto[];

  @ApiProperty({ type: 'integer', example: 42 })
  revision!: number;
}

export class InstanceStatusDto {
  @ApiProperty({ example: 'worker-1' })
  serverId!: string;

  @ApiProperty({ enum: ['ready', 'cordoned', 'draining', 'lost', 'left'], example: 'draining' })
  status!: InstanceStatus;
}
