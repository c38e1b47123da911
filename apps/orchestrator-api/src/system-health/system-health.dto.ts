import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { HealthReason, OverallHealth, ServiceStatus, SystemHealth } from '@weir/domain';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsInstant } from '../operator/instant.rule';

const HISTORY_MAX = 10_000;
const HISTORY_DEFAULT = 1_000;

export class HealthHistoryQuery {
  @ApiPropertyOptional({
    format: 'date-time',
    description: 'RFC 3339. By default an hour ago.',
  })
  @IsOptional()
  @IsInstant()
  since?: string;

  @ApiPropertyOptional({ minimum: 1, maximum: HISTORY_MAX, default: HISTORY_DEFAULT })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(HISTORY_MAX)
  limit: number = HISTORY_DEFAULT;
}

class HealthReasonDto implements HealthReason {
  @ApiProperty({ enum: ['loadBalance', 'consistency', 'performance', 'availability'] })
  score!: HealthReason['score'];

  @ApiProperty({ enum: ['WARNING', 'ERROR', 'CRITICAL'] })
  severity!: HealthReason['severity'];

  @ApiProperty({ example: 'balancer-worker has not been heard of for 41 s' })
  message!: string;
}

class ServiceStatusDto implements ServiceStatus {
  @ApiProperty({ example: 'balancer-worker' })
  name!: string;

  @ApiProperty({ enum: ['starting', 'ready', 'error', 'unknown'] })
  status!: ServiceStatus['status'];

  @ApiProperty({ format: 'date-time' })
  lastCheck!: string;

  @ApiProperty({ type: Number, nullable: true, description: 'In ms.' })
  latencyMs!: number | null;

  @ApiProperty({ type: String, nullable: true })
  error!: string | null;

  @ApiProperty()
  retryCount!: number;
}

export class SystemHealthDto implements SystemHealth {
  @ApiProperty({ format: 'date-time', description: 'When it was computed.' })
  at!: string;

  @ApiProperty({ enum: ['healthy', 'degraded', 'critical', 'unknown'] })
  overall!: OverallHealth;

  @ApiProperty()
  needsIntervention!: boolean;

  @ApiProperty({ example: 3 })
  totalInstances!: number;

  @ApiProperty({ example: 3 })
  activeInstances!: number;

  @ApiProperty({ example: 12 })
  totalStreams!: number;

  @ApiProperty({ example: 12 })
  assignedStreams!: number;

  @ApiProperty({ description: '0..1, 1 is best.', example: 0.98 })
  loadBalanceScore!: number;

  @ApiProperty({ description: '0..1, 1 is best.', example: 1 })
  consistencyScore!: number;

  @ApiProperty({ description: '0..1, 1 is best.', example: 0.95 })
  performanceScore!: number;

  @ApiProperty({ type: [ServiceStatusDto] })
  services!: readonly ServiceStatusDto[];

  @ApiProperty({ type: [HealthReasonDto], description: 'What lowered the scores.' })
  reasons!: readonly HealthReasonDto[];
}

export class HealthHistoryDto {
  @ApiProperty({ type: [SystemHealthDto], description: 'Oldest first.' })
  items!: readonly SystemHealth[];
}
