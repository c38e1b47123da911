import { Injectable } from '@nestjs/common';
import { checkSchema } from '@weir/database';
import { DataSource } from 'typeorm';
import { Indicator } from '../indicator';
import type { Reading } from '../indicator';

/** The database has every migration that this build needs. It may have later ones. */
@Injectable()
export class SchemaIndicator extends Indicator {
  readonly name = 'schema';
  readonly isRequired = true;

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async read(): Promise<Reading> {
    const { current, expected, pending } = await checkSchema(this.dataSource);
    const details = { current, expected, pending };
    if (pending.length === 0) return { status: 'up', details };
    return { status: 'down', error: `${pending.length} migrations have not run`, details };
  }
}
