import type { Secret } from '../secret';
import { secretText } from '../variable-kind';
import { Variable } from '../variable.decorator';

export class SecretsSection {
  @Variable({
    name: 'WEIR_ENCRYPTION_KEY',
    kind: secretText,
    default: 'weir-development-only-encryption-key',
    requiredIn: ['production'],
    meaning: 'Encrypts the sources of streams in the database; losing it loses them.',
  })
  readonly encryptionKey!: Secret;

  @Variable({
    name: 'WEIR_OPERATOR_KEY',
    kind: secretText,
    optional: true,
    meaning: 'API key with the operator role that exists from the first start.',
  })
  readonly operatorKey!: Secret | undefined;

  @Variable({
    name: 'WEIR_INSTANCE_KEY',
    kind: secretText,
    optional: true,
    meaning: 'API key with the instance role that exists from the first start.',
  })
  readonly instanceKey!: Secret | undefined;

  @Variable({
    name: 'WEIR_VIEWER_KEY',
    kind: secretText,
    optional: true,
    meaning: 'API key with the viewer role that exists from the first start.',
  })
  readonly viewerKey!: Secret | undefined;
}
