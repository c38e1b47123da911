import { Foundation1764000000000 } from './1764000000000-foundation';
import { FleetsAndStreams1764000001000 } from './1764000001000-fleets-and-streams';
import { Ownership1764000002000 } from './1764000002000-ownership';
import { HistoryAndOperations1764000003000 } from './1764000003000-history-and-operations';
import { OpenReports1764000004000 } from './1764000004000-open-reports';
import { StreamResources1764000005000 } from './1764000005000-stream-resources';
import { PlanFence1764000006000 } from './1764000006000-plan-fence';
import { LostOwner1764000007000 } from './1764000007000-lost-owner';
import { EditFence1764000008000 } from './1764000008000-edit-fence';
import { MoveEnds1764000009000 } from './1764000009000-move-ends';
import { FailingStreams1764000010000 } from './1764000010000-failing-streams';
import { BrakeReleases1764000011000 } from './1764000011000-brake-releases';
import { KeyServers1764000012000 } from './1764000012000-key-servers';

/** Every migration, oldest first. */
export const MIGRATIONS = [
  Foundation1764000000000,
  FleetsAndStreams1764000001000,
  Ownership1764000002000,
  HistoryAndOperations1764000003000,
  OpenReports1764000004000,
  StreamResources1764000005000,
  PlanFence1764000006000,
  LostOwner1764000007000,
  EditFence1764000008000,
  MoveEnds1764000009000,
  FailingStreams1764000010000,
  BrakeReleases1764000011000,
  KeyServers1764000012000,
] as const;

/** The schema that this release works with: the name of its last migration. */
export const EXPECTED_SCHEMA = 'KeyServers1764000012000';
