import { IsInt, Matches, Max, Min } from 'class-validator';
import type { Secret } from '../secret';
import { secretText, text, wholeNumber } from '../variable-kind';
import { Variable } from '../variable.decorator';

export class RedisSection {
  @Variable({
    name: 'REDIS_HOST',
    kind: text,
    default: '127.0.0.1',
    expected: 'an address or a host name',
    meaning: 'Where Redis listens.',
  })
  @Matches(/^\S+$/)
  readonly host!: string;

  @Variable({
    name: 'REDIS_PORT',
    kind: wholeNumber,
    default: '6379',
    expected: 'a port, 1 to 65535',
    meaning: 'Port of Redis.',
  })
  @IsInt()
  @Min(1)
  @Max(65535)
  readonly port!: number;

  @Variable({
    name: 'REDIS_PASSWORD',
    kind: secretText,
    optional: true,
    requiredIn: ['production'],
    meaning: 'Password of Redis.',
  })
  readonly password!: Secret | undefined;
}
