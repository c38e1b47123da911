import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { DEFAULT_FLEET_SETTINGS, FLEET_SETTING_BOUNDS } from '@weir/domain';
import type { FleetSettings, FleetView } from '@weir/domain';

type Bounded = keyof typeof FLEET_SETTING_BOUNDS;

/** A setting with its bounds and default. `description` says the unit. */
function ApiSetting(name: Bounded, description: string) {
  const [minimum, maximum] = FLEET_SETTING_BOUNDS[name];
  const initial = DEFAULT_FLEET_SETTINGS[name];
  return ApiPropertyOptional({
    type: Number,
    description,
    minimum,
    maximum,
    ...(initial === null ? { nullable: true, default: null } : { default: initial }),
  });
}

/** What can be set per fleet; each may be left out. Checked by fleet.rules. */
export class FleetSettingsDto implements FleetSettings {
  @ApiSetting('leaseTtlMs', 'How long an instance may rely on one heartbeat, in ms.')
  leaseTtlMs!: number;

  @ApiSetting('heartbeatIntervalMs', 'Between heartbeats, in ms; null: a third of the lease.')
  heartbeatIntervalMs!: number | null;

  @ApiSetting('reconcileIntervalMs', 'Longest time between rounds of the control loop, in ms.')
  reconcileIntervalMs!: number;

  @ApiSetting('massLossPercent', 'Failover waits when more than this share is lost at once, in %.')
  massLossPercent!: number;

  @ApiSetting('massLossMin', 'That brake needs at least this many lost instances.')
  massLossMin!: number;

  @ApiSetting('massLossHoldMs', 'How long that brake holds, in ms.')
  massLossHoldMs!: number;

  @ApiPropertyOptional({ description: 'Nothing is placed, moved or taken over.', default: false })
  frozen!: boolean;

  @ApiPropertyOptional({ description: 'Load is evened out by itself.', default: true })
  balanceEnabled!: boolean;

  @ApiSetting('balanceRelativeBand', 'No balancing within this share of the mean load.')
  balanceRelativeBand!: number;

  @ApiSetting('balanceAbsoluteBand', 'No balancing within this share of the capacity.')
  balanceAbsoluteBand!: number;

  @ApiSetting(
    'balanceMoveCostShare',
    'A balancing move must gain more than this share of its load.',
  )
  balanceMoveCostShare!: number;

  @ApiSetting('moveCooldownMs', 'A stream that moved rests this long, in ms.')
  moveCooldownMs!: number;

  @ApiSetting('movesPerPlanMax', 'Moves that one plan may begin, for whatever reason.')
  movesPerPlanMax!: number;

  @ApiSetting('movesInFlightMax', 'Moves under way at once in the fleet.')
  movesInFlightMax!: number;

  @ApiSetting('movesInFlightPerInstanceMax', 'Moves under way at once from or to one instance.')
  movesInFlightPerInstanceMax!: number;

  @ApiSetting(
    'movePrepareTimeoutMs',
    'A move whose target takes longer to prepare its stream is aborted, in ms.',
  )
  movePrepareTimeoutMs!: number;

  @ApiSetting(
    'moveStepTimeoutMs',
    'A move whose source takes longer to stop, or whose target to start, is aborted, in ms.',
  )
  moveStepTimeoutMs!: number;

  @ApiSetting('failedRetryMs', 'First wait before a failed stream is tried again; doubles. In ms.')
  failedRetryMs!: number;

  @ApiSetting('failedRetryMaxMs', 'Longest such wait while the stream is not parked, in ms.')
  failedRetryMaxMs!: number;

  @ApiSetting('parkAfterFailures', 'A stream that failed this often in a row is parked.')
  parkAfterFailures!: number;

  @ApiSetting(
    'parkRetryMs',
    'First wait before a parked stream is tried again, in ms; five times as long each time, up to ' +
      '30 minutes. 0: only an operator does that.',
  )
  parkRetryMs!: number;

  @ApiSetting('provenAfterMs', "A stream's failures are forgotten once it ran this long, in ms.")
  provenAfterMs!: number;

  @ApiSetting(
    'startTimeoutMs',
    'An instance that does not run a stream this long after it was granted has failed, in ms.',
  )
  startTimeoutMs!: number;

  @ApiSetting(
    'isolateAfterLosses',
    'A stream is isolated when this many of its instances died soon after they got it.',
  )
  isolateAfterLosses!: number;

  @ApiSetting('isolateWindowMs', 'Losses of instances count together within this time, in ms.')
  isolateWindowMs!: number;

  @ApiSetting('isolateRecentMs', '"Soon after" means within this time, in ms.')
  isolateRecentMs!: number;

  @ApiSetting(
    'isolatePercentMax',
    'Most streams that are isolated at once, in % of all; 0: none ever is.',
  )
  isolatePercentMax!: number;

  @ApiSetting(
    'flapsMax',
    'An instance that came back this often without having left gets nothing new for a while.',
  )
  flapsMax!: number;

  @ApiSetting('flapWindowMs', 'Flaps of an instance count together within this time, in ms.')
  flapWindowMs!: number;

  @ApiSetting('retireAfterMs', 'Instances that were lost, or left, this long ago are forgotten.')
  retireAfterMs!: number;
}

export class FleetDto implements FleetView {
  @ApiProperty({ example: 'default' })
  fleet!: string;

  @ApiProperty({ type: FleetSettingsDto })
  settings!: FleetSettingsDto;

  @ApiProperty({ description: 'Grows with each change of an assignment.', example: 1841 })
  revision!: number;

  @ApiProperty({ description: 'Instances that are not lost and have not left.', example: 3 })
  instances!: number;

  @ApiProperty({ description: 'Streams that are not deleted.', example: 12 })
  streams!: number;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}
