import { ApiProperty } from '@nestjs/swagger';
import type { FindingView, ReportView } from '@weir/database';
import type { FindingKind, RepairKind, Severity } from '@weir/domain';
import { IsBoolean, IsOptional } from 'class-validator';

const SEVERITIES: readonly Severity[] = ['INFO', 'WARNING', 'ERROR', 'CRITICAL'];
const STATES = ['queued', 'running', 'done', 'failed'] as const;

export class NewCheckDto {
  @ApiProperty({ description: 'Also do the safe repairs.', default: false, required: false })
  @IsOptional()
  @IsBoolean()
  repair: boolean = false;
}

export class RequestedCheckDto {
  @ApiProperty({ description: 'Where the result will be.', example: '118' })
  reportId!: string;
}

export class ReportDto implements ReportView {
  @ApiProperty({ example: '118' })
  reportId!: string;

  @ApiProperty({ enum: STATES })
  state!: ReportView['state'];

  @ApiProperty({ description: '`schedule`, or the name of the key that asked.' })
  requestedBy!: string;

  @ApiProperty()
  repair!: boolean;

  @ApiProperty({ type: Number, nullable: true, description: '0..1, 1 is best.', example: 1 })
  score!: number | null;

  @ApiProperty({ example: 12 })
  streamsChecked!: number;

  @ApiProperty({ example: 3 })
  instancesChecked!: number;

  @ApiProperty({ example: 0 })
  findingsCount!: number;

  @ApiProperty({ example: 0 })
  repairedCount!: number;

  @ApiProperty({ type: String, nullable: true })
  error!: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finishedAt!: string | null;
}

export class FindingDto implements FindingView {
  @ApiProperty({ example: '9' })
  findingId!: string;

  @ApiProperty({ type: String, example: 'orphaned-stream' })
  kind!: FindingKind;

  @ApiProperty({ enum: SEVERITIES })
  severity!: Severity;

  @ApiProperty({ type: String, nullable: true })
  streamId!: string | null;

  @ApiProperty({ type: String, nullable: true })
  serverId!: string | null;

  @ApiProperty()
  message!: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  evidence!: Readonly<Record<string, unknown>>;

  @ApiProperty({ type: String, example: 'ring-balancer' })
  repair!: RepairKind;

  @ApiProperty({ description: 'True when the repair was done.' })
  repaired!: boolean;
}

class FindingPageDto {
  @ApiProperty({ type: [FindingDto] })
  items!: FindingView[];

  @ApiProperty({ type: String, nullable: true, description: '`after` of the next page.' })
  next!: string | null;
}

export class ReportDetailDto extends ReportDto {
  @ApiProperty({ type: FindingPageDto })
  findings!: FindingPageDto;
}
