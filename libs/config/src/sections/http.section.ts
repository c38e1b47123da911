import { IsInt, Max, Min } from 'class-validator';
import { text, wholeNumber } from '../variable-kind';
import { Variable } from '../variable.decorator';

export class HttpSection {
  @Variable({
    name: 'WEIR_PORT',
    kind: wholeNumber,
    default: '7070',
    expected: 'a port, 1 to 65535, or 0 for any free one',
    meaning: 'Port this service listens on; each service has its own default from 7070 up.',
  })
  @IsInt()
  @Min(0)
  @Max(65535)
  readonly port!: number;

  @Variable({
    name: 'WEIR_HOST',
    kind: text,
    default: '127.0.0.1',
    defaultIn: { staging: '0.0.0.0', production: '0.0.0.0' },
    expected: 'an address or a host name',
    meaning: 'Address this service listens on.',
  })
  readonly host!: string;
}
