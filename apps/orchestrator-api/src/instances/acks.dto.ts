import { ApiProperty } from '@nestjs/swagger';
import { PROTOCOL_LIMITS, STREAM_LIMITS } from '@weir/domain';
import type { Ack, AckState, AcksRequest, JsonObject, ResyncRequest } from '@weir/domain';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, ValidateNested } from 'class-validator';
import { ChoiceField, CounterField, NoteField, StreamIdField } from '../validation/fields';
import { JsonObjectField } from '../validation/map.rules';
import { StreamEpochDto } from './register.dto';

const ACK_STATES: readonly AckState[] = ['running', 'prepared', 'stopped', 'failed'];

export class AckDto implements Ack {
  @StreamIdField()
  streamId!: string;

  @CounterField({ example: 7 })
  epoch!: number;

  @ChoiceField(ACK_STATES, { example: 'running' })
  state!: AckState;

  @JsonObjectField({
    maxBytes: STREAM_LIMITS.checkpointBytes,
    optional: true,
    description: 'Handed to the next owner.',
  })
  checkpoint?: JsonObject;

  @NoteField({ optional: true, description: 'Why it failed.' })
  error?: string;
}

export class AcksDto implements AcksRequest {
  @CounterField({ example: 3 })
  incarnation!: number;

  @ApiProperty({ type: [AckDto] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(PROTOCOL_LIMITS.acksPerRequest)
  @ValidateNested({ each: true })
  @Type(() => AckDto)
  acks!: AckDto[];
}

export class ResyncDto implements ResyncRequest {
  @CounterField({ example: 3 })
  incarnation!: number;

  @CounterField({
    optional: true,
    example: 812,
    description: 'What changed after this revision is left alone. Without it: everything counts.',
  })
  seenRevision?: number;

  @ApiProperty({ type: [StreamEpochDto], description: 'Everything that it runs.' })
  @IsArray()
  @ArrayMaxSize(PROTOCOL_LIMITS.runningPerRequest)
  @ValidateNested({ each: true })
  @Type(() => StreamEpochDto)
  running!: StreamEpochDto[];
}
