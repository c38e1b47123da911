import { ApiKeyEntity } from './api-key.entity';
import { ConsistencyReportEntity } from './consistency-report.entity';
import { FindingEntity } from './finding.entity';
import { FleetEntity } from './fleet.entity';
import { HealthSampleEntity } from './health-sample.entity';
import { InstanceEntity } from './instance.entity';
import { StreamEntity } from './stream.entity';

export * from './api-key.entity';
export * from './consistency-report.entity';
export * from './finding.entity';
export * from './fleet.entity';
export * from './health-sample.entity';
export * from './instance.entity';
export * from './stream.entity';

export const ENTITIES = [
  ApiKeyEntity,
  ConsistencyReportEntity,
  FindingEntity,
  FleetEntity,
  HealthSampleEntity,
  InstanceEntity,
  StreamEntity,
] as const;
