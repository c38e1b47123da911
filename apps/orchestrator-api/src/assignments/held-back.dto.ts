import { ApiProperty } from '@nestjs/swagger';
import type {
  FailureCause,
  HeldBackView,
  HoldKind,
  LossEvidenceView,
  StreamFailureView,
} from '@weir/domain';

export const HOLD_KINDS: readonly HoldKind[] = ['parked', 'isolated', 'probation'];

const CAUSES: readonly FailureCause[] = ['failed', 'start-timeout'];

export class StreamFailureDto implements StreamFailureView {
  @ApiProperty({ example: 'edge-7' })
  serverId!: string;

  @ApiProperty({ example: 3 })
  incarnation!: number;

  @ApiProperty({
    enum: CAUSES,
    description: '`failed`: the instance said so. `start-timeout`: it never said that it runs.',
  })
  cause!: FailureCause;

  @ApiProperty({ example: 'no such codec' })
  error!: string;

  @ApiProperty({ format: 'date-time' })
  at!: string;
}

export class LossEvidenceDto implements LossEvidenceView {
  @ApiProperty({ example: 'edge-7' })
  serverId!: string;

  @ApiProperty({ example: 3 })
  incarnation!: number;

  @ApiProperty({ format: 'date-time', description: 'Its last sign of life.' })
  at!: string;

  @ApiProperty({ description: 'How long it had had the stream, in ms.', example: 1_800 })
  afterMs!: number;
}

/** Why a stream is not placed like any other, and what ends that. */
export class HeldBackDto implements HeldBackView {
  @ApiProperty({
    enum: HOLD_KINDS,
    description:
      '`parked`: it failed too often and is tried again rarely. `isolated`: its instances died ' +
      'soon after they got it. `probation`: was isolated and is tried again.',
  })
  kind!: HoldKind;

  @ApiProperty({ format: 'date-time' })
  since!: string;

  @ApiProperty({ example: '5 failures in a row: edge-7: no such codec' })
  because!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it is tried again by itself; null: not by time.',
  })
  retryAt!: string | null;

  @ApiProperty({ example: 'mend the cause, then POST .../streams/{streamId}/retry' })
  howToRetry!: string;

  @ApiProperty({ type: [StreamFailureDto], description: 'The last failures, the latest last.' })
  failures!: StreamFailureDto[];

  @ApiProperty({ type: [LossEvidenceDto], description: 'Instances that died with it.' })
  losses!: LossEvidenceDto[];
}
