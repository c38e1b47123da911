import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { STREAM_DEFAULTS, STREAM_LIMITS } from '@weir/domain';
import type {
  HoldKind,
  JsonObject,
  Labels,
  StreamDefinition,
  StreamResources,
  StreamView,
} from '@weir/domain';
import { HOLD_KINDS } from '../assignments/held-back.dto';

const LABELS = { type: 'object', additionalProperties: { type: 'string' } } as const;

const AMOUNT = { type: 'number', minimum: 0, maximum: STREAM_LIMITS.resourceMax } as const;

/** What an operator says of a stream. Checked by stream.rules. */
export class NewStreamDto implements StreamDefinition {
  @ApiProperty({
    description: 'Unique in the fleet.',
    maxLength: STREAM_LIMITS.nameLength,
    example: 'radio-one',
  })
  name!: string;

  @ApiProperty({
    description:
      'Where the data comes from. May hold credentials: stored encrypted, told only to the ' +
      'instance that owns the stream, shown to operators without them. Sending back what is ' +
      'shown keeps what is stored.',
    maxLength: STREAM_LIMITS.sourceLength,
    example: 'https://radio.example/one.mp3',
  })
  source!: string;

  @ApiPropertyOptional({
    description: "Demand, in the fleet's own unit.",
    minimum: STREAM_LIMITS.weightMin,
    maximum: STREAM_LIMITS.weightMax,
    default: STREAM_DEFAULTS.weight,
  })
  weight!: number;

  @ApiPropertyOptional({
    type: 'object',
    properties: { cpuCores: AMOUNT, memoryMb: AMOUNT, bandwidthMbps: AMOUNT },
    description:
      "What it takes of its instance's capacity, by the same names. Hard limits, and evened out.",
    default: {},
    example: { cpuCores: 0.5, memoryMb: 512 },
  })
  resources!: StreamResources;

  @ApiPropertyOptional({
    description: 'What a move of it costs, relative to an ordinary stream.',
    minimum: 0,
    maximum: STREAM_LIMITS.moveCostMax,
    default: STREAM_DEFAULTS.moveCost,
  })
  moveCost!: number;

  @ApiPropertyOptional({
    description: '0 is left out first, 9 is placed first.',
    minimum: STREAM_LIMITS.priorityMin,
    maximum: STREAM_LIMITS.priorityMax,
    default: STREAM_DEFAULTS.priority,
  })
  priority!: number;

  @ApiPropertyOptional({
    description: 'True: never two owners. False: continuity first.',
    default: STREAM_DEFAULTS.exclusive,
  })
  exclusive!: boolean;

  @ApiPropertyOptional({
    description: 'How long an instance may run it past its lease, in ms.',
    minimum: 0,
    maximum: STREAM_LIMITS.autonomyMsMax,
    default: STREAM_DEFAULTS.autonomyMs,
  })
  autonomyMs!: number;

  @ApiPropertyOptional({ ...LABELS, description: 'Labels its instance must have.', default: {} })
  requires!: Labels;

  @ApiPropertyOptional({ ...LABELS, description: 'Labels its instance must not have.' })
  avoid!: Labels;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Streams of one group are kept on different instances where possible.',
    maxLength: STREAM_LIMITS.labelLength,
  })
  spreadGroup!: string | null;

  @ApiPropertyOptional({
    description: 'False: it is stopped and runs nowhere.',
    default: STREAM_DEFAULTS.enabled,
  })
  enabled!: boolean;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: `For the program that runs it; at most ${STREAM_LIMITS.configBytes} bytes of JSON.`,
    default: {},
  })
  config!: JsonObject;
}

export class StreamPatchDto extends PartialType(NewStreamDto) {}

export class StreamDto extends NewStreamDto implements StreamView {
  @ApiProperty({ description: 'A bigint as text.', example: '42' })
  streamId!: string;

  @ApiProperty({
    enum: HOLD_KINDS,
    nullable: true,
    description: 'It failed, or its instances died; why is with its assignment. Null: neither.',
  })
  heldBack!: HoldKind | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}
