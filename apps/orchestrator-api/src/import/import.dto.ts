import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { InputProblemDto } from '../openapi/problem.dto';
import type { ImportResult, Rejection } from './import.tally';

export class ImportQuery {
  @ApiPropertyOptional({
    enum: ['true', 'false'],
    default: 'false',
    description: 'Only say what the import would do.',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  dryRun?: string;
}

class RejectionDto implements Rejection {
  @ApiProperty({ description: 'Where the entry begins, counted from 1.', example: 12 })
  line!: number;

  @ApiPropertyOptional({ example: 'radio-one' })
  name!: string;

  @ApiProperty({ type: [InputProblemDto] })
  errors!: InputProblemDto[];
}

export class ImportResultDto implements ImportResult {
  @ApiProperty({ example: 998 })
  created!: number;

  @ApiProperty({ example: 1 })
  updated!: number;

  @ApiProperty({ example: 0 })
  unchanged!: number;

  @ApiProperty({ type: [RejectionDto], description: 'The entries not imported, at most 100,000.' })
  rejected!: RejectionDto[];

  @ApiProperty({ description: 'All entries not imported.', example: 1 })
  rejectedCount!: number;

  @ApiProperty({ description: 'True: nothing was written.' })
  dryRun!: boolean;
}
