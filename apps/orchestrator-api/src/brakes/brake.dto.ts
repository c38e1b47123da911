import { ApiProperty } from '@nestjs/swagger';
import type { BrakeKind, BrakeRelease, BrakeView, FleetBrakes } from '@weir/domain';
import { ChoiceField, TextField } from '../validation/fields';

const BRAKES = ['mass-loss', 'control-plane', 'frozen'] as const satisfies readonly BrakeKind[];
const REASON_LENGTH = 512;
const TIME = { type: String, format: 'date-time' } as const;

export class ReleaseBrakeDto {
  @ChoiceField(BRAKES, { description: 'Only `mass-loss` can be let go.' })
  brake!: BrakeKind;

  @TextField({ min: 1, max: REASON_LENGTH, description: 'For the history.' })
  reason!: string;
}

export class BrakeDto implements BrakeView {
  @ApiProperty({ enum: BRAKES })
  brake!: BrakeKind;

  @ApiProperty({ ...TIME, nullable: true, description: 'Null for a freeze: see the events.' })
  since!: string | null;

  @ApiProperty({
    ...TIME,
    nullable: true,
    description: 'When it lets go by itself, as far as can be said; null: not by itself.',
  })
  until!: string | null;

  @ApiProperty({ description: 'Whether an operator can let it go here.' })
  isReleasable!: boolean;

  @ApiProperty({ type: [String], description: 'Replicas of balancer-worker that hold it.' })
  replicas!: string[];
}

export class BrakeReleaseDto implements BrakeRelease {
  @ApiProperty({ enum: BRAKES })
  brake!: BrakeKind;

  @ApiProperty(TIME)
  at!: string;

  @ApiProperty({ ...TIME, description: 'Until then the brake does not engage again.' })
  until!: string;

  @ApiProperty({ example: 'operator' })
  releasedBy!: string;

  @ApiProperty()
  reason!: string;
}

export class FleetBrakesDto implements FleetBrakes {
  @ApiProperty({
    type: [BrakeDto],
    description: 'As balancer-worker told with its last beat: some seconds old at most.',
  })
  brakes!: BrakeDto[];

  @ApiProperty({ type: [BrakeReleaseDto], description: 'Releases that still count.' })
  releases!: BrakeReleaseDto[];
}
