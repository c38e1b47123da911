import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { InstanceCapacity, InstanceStatus, InstanceView } from '@weir/domain';
import type { InstanceMetrics, Labels } from '@weir/domain';
import { IsIn, IsOptional } from 'class-validator';
import { NamePageQuery } from '../operator/page.query';
import { TextField } from '../validation/fields';

export const INSTANCE_STATUSES: readonly InstanceStatus[] = [
  'ready',
  'cordoned',
  'draining',
  'lost',
  'left',
];

export class InstanceListQuery extends NamePageQuery {
  @ApiPropertyOptional({ enum: INSTANCE_STATUSES })
  @IsOptional()
  @IsIn(INSTANCE_STATUSES)
  status?: InstanceStatus;
}

class CapacityDto implements InstanceCapacity {
  @ApiPropertyOptional({ example: 8 })
  cpuCores!: number;

  @ApiPropertyOptional({ example: 16_384 })
  memoryMb!: number;

  @ApiPropertyOptional({ description: 'In megabits per second.', example: 1_000 })
  bandwidthMbps!: number;
}

class MetricsDto implements InstanceMetrics {
  @ApiPropertyOptional({ description: 'Share of the CPU in use, 0..1.', example: 0.42 })
  cpu!: number;

  @ApiPropertyOptional({ description: 'Share of the memory in use, 0..1.', example: 0.6 })
  memory!: number;

  @ApiPropertyOptional({ description: 'In ms.', example: 3 })
  eventLoopLagMs!: number;

  @ApiPropertyOptional({ description: 'In megabits per second.', example: 120 })
  bandwidthMbps!: number;

  @ApiPropertyOptional({ description: 'Share of work that failed, 0..1.', example: 0.01 })
  errorRate!: number;

  @ApiPropertyOptional({ description: 'In ms.', example: 25 })
  latencyP95Ms!: number;
}

export class InstanceDto implements InstanceView {
  @ApiProperty({ example: 'edge-7' })
  serverId!: string;

  @ApiProperty({ example: '10.0.0.7' })
  host!: string;

  @ApiProperty({ example: 7080 })
  port!: number;

  @ApiProperty({ enum: INSTANCE_STATUSES })
  status!: InstanceStatus;

  @ApiProperty({ description: 'Grows with each registration.', example: 3 })
  incarnation!: number;

  @ApiProperty({ description: 'Most streams that it takes.', example: 50 })
  maxStreams!: number;

  @ApiProperty({ description: 'Streams that it holds, those being stopped included.', example: 12 })
  assignedStreams!: number;

  @ApiProperty({ description: 'assignedStreams over maxStreams; 1 is full.', example: 0.24 })
  loadFactor!: number;

  @ApiProperty({ type: CapacityDto })
  capacity!: CapacityDto;

  @ApiProperty({ type: String, nullable: true, example: 'eu-1' })
  zone!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  labels!: Labels;

  @ApiProperty({ type: MetricsDto, description: 'As of its latest heartbeat.' })
  metrics!: MetricsDto;

  @ApiProperty({ description: 'How often it was lost.', example: 1 })
  failureCount!: number;

  @ApiProperty({ description: 'How often it came back after that.', example: 1 })
  recoveryCount!: number;

  @ApiProperty({ type: String, nullable: true, example: '0.1.0' })
  clientVersion!: string | null;

  @ApiProperty({ format: 'date-time' })
  registeredAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastHeartbeatAt!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Null when its lease was taken over or given back.',
  })
  leaseExpiresAt!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      'It came back too often without having left and gets nothing new until then. Uncordoning it ' +
      'ends that.',
  })
  flappingUntil!: string | null;
}

const REASON_LENGTH = 512;

export class FenceDto {
  @TextField({ min: 1, max: REASON_LENGTH, description: 'For the history.' })
  reason!: string;
}
