import { environments } from '../environment';
import type { EnvironmentName } from '../environment';
import { oneOf } from '../variable-kind';
import { Variable } from '../variable.decorator';

export class EnvironmentSection {
  @Variable({
    name: 'WEIR_ENV',
    kind: oneOf(environments),
    default: 'development',
    meaning: 'Where this service runs; selects defaults and how strictly secrets are judged.',
  })
  readonly name!: EnvironmentName;

  get isProduction(): boolean {
    return this.name === 'production';
  }
}
