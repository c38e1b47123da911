import { ApiProperty } from '@nestjs/swagger';
import { PROTOCOL_LIMITS } from '@weir/domain';
import type { Labels, RegisterRequest } from '@weir/domain';
import { ArrayMaxSize, IsArray, IsObject, ValidateIf, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import {
  BooleanField,
  CounterField,
  IntegerField,
  NameField,
  NumberField,
  StreamIdField,
  TextField,
} from '../validation/fields';
import { LabelsField } from '../validation/map.rules';

const isGiven = (_object: unknown, value: unknown): boolean => value !== undefined;

export class StreamEpochDto {
  @StreamIdField()
  streamId!: string;

  @CounterField({ example: 7 })
  epoch!: number;
}

export class CapacityDto {
  @NumberField({ min: 0, max: 1e6, optional: true })
  cpuCores?: number;

  @NumberField({ min: 0, max: 1e12, optional: true })
  memoryMb?: number;

  @NumberField({ min: 0, max: 1e12, optional: true })
  bandwidthMbps?: number;
}

export class RegisterDto implements RegisterRequest {
  @NameField({ example: 'worker-1' })
  serverId!: string;

  @TextField({ min: 1, max: 255, example: '10.0.0.7' })
  host!: string;

  @IntegerField({ min: 0, max: 65_535, example: 7080 })
  port!: number;

  @IntegerField({
    min: 0,
    max: PROTOCOL_LIMITS.maxStreams,
    example: 500,
    description: 'How many streams it can hold at once.',
  })
  maxStreams!: number;

  @ApiProperty({ type: CapacityDto, required: false })
  @ValidateIf(isGiven)
  @IsObject()
  @ValidateNested()
  @Type(() => CapacityDto)
  capacity?: CapacityDto;

  @TextField({ min: 1, max: 128, optional: true })
  zone?: string;

  @LabelsField({ optional: true })
  labels?: Labels;

  @ApiProperty({
    type: [StreamEpochDto],
    required: false,
    description: 'What a returning program still runs; what is still its own, it keeps.',
  })
  @ValidateIf(isGiven)
  @IsArray()
  @ArrayMaxSize(PROTOCOL_LIMITS.runningPerRequest)
  @ValidateNested({ each: true })
  @Type(() => StreamEpochDto)
  running?: StreamEpochDto[];

  @BooleanField({
    optional: true,
    description: 'True: the caller vouches that the earlier process of this name is gone.',
  })
  takeover?: boolean;

  @TextField({ max: 128, optional: true, example: '0.1.0' })
  clientVersion?: string;
}
