import { between, oneOf, seconds, secretText, text, Variable, wholeNumber } from '@weir/config';
import type { Secret } from '@weir/config';
import type { Labels } from '@weir/domain';
import { PROTOCOL_LIMITS } from '@weir/domain';
import { addressList, labelList, nameText, positiveNumber } from './variable.kinds';

/** An outage longer than this is none that anybody waits for. */
const LOCAL_OPERATION_MAX_MS = 31 * 24 * 3_600_000;
const CHECK_INTERVAL_MAX_MS = 24 * 3_600_000;

/** Who this instance is, and where its control plane. */
export class InstanceSection {
  @Variable({
    name: 'WEIR_API_URL',
    kind: addressList,
    default: 'http://127.0.0.1:7070',
    expected: 'comma separated http or https addresses',
    meaning: 'Addresses of orchestrator-api; tried in turn.',
  })
  readonly apiUrls!: readonly string[];

  @Variable({
    name: 'WEIR_INSTANCE_KEY',
    kind: secretText,
    meaning: 'API key with the instance role.',
  })
  readonly key!: Secret;

  @Variable({
    name: 'WEIR_VIEWER_KEY',
    kind: secretText,
    optional: true,
    meaning: 'Key that may read metrics and detailed health here, beside the instance key.',
  })
  readonly viewerKey!: Secret | undefined;

  @Variable({
    name: 'WEIR_FLEET',
    kind: nameText,
    default: 'default',
    expected: '1 to 128 letters, digits, dots, underscores, hyphens',
    meaning: 'The fleet to join; created on first use.',
  })
  readonly fleet!: string;

  @Variable({
    name: 'WEIR_SERVER_ID',
    kind: nameText,
    optional: true,
    expected: '1 to 128 letters, digits, dots, underscores, hyphens',
    meaning: 'Name of this instance, the same after a restart; host name and port when not set.',
  })
  readonly serverId!: string | undefined;

  @Variable({
    name: 'WEIR_MAX_STREAMS',
    kind: between(wholeNumber, 1, PROTOCOL_LIMITS.runningPerRequest),
    default: '200',
    expected: 'a whole number, 1 to 20000',
    meaning: 'The most streams this instance takes.',
  })
  readonly maxStreams!: number;

  @Variable({
    name: 'WEIR_ZONE',
    kind: text,
    optional: true,
    meaning: 'Where this instance is, so that streams of one group can be spread.',
  })
  readonly zone!: string | undefined;

  @Variable({
    name: 'WEIR_LABELS',
    kind: labelList,
    default: '',
    expected: 'name=value, comma separated',
    meaning: 'What streams may require or avoid.',
  })
  readonly labels!: Labels;

  @Variable({
    name: 'WEIR_LOCAL_OPERATION',
    kind: oneOf(['continue', 'stop']),
    default: 'continue',
    expected: 'continue or stop',
    meaning: 'Whether streams that are not exclusive run on while the instance is cut off.',
  })
  readonly localOperation!: 'continue' | 'stop';

  @Variable({
    name: 'WEIR_LOCAL_OPERATION_MAX',
    kind: between(seconds, 1, LOCAL_OPERATION_MAX_MS),
    optional: true,
    expected: 'seconds, up to 31 days',
    meaning: 'How long they may then; without limit when not set.',
  })
  readonly localOperationMaxMs!: number | undefined;

  @Variable({
    name: 'WEIR_CHECK_INTERVAL',
    kind: between(seconds, 0, CHECK_INTERVAL_MAX_MS),
    default: '300',
    expected: 'seconds, 0 to 86400',
    meaning: 'Time between two checks of what runs here against what should; 0: none.',
  })
  readonly checkIntervalMs!: number;

  @Variable({
    name: 'WEIR_JOURNAL',
    kind: text,
    optional: true,
    meaning: 'File to which this instance appends what it runs, line by line, before and after.',
  })
  readonly journal!: string | undefined;

  @Variable({
    name: 'WEIR_KBPS_PER_WEIGHT',
    kind: positiveNumber,
    default: '128',
    expected: 'a number above 0',
    meaning:
      "Measured kbit/s that count as one unit of a stream's weight, for the load it reports.",
  })
  readonly kbpsPerWeight!: number;
}
