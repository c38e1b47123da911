import type { FiguresOf, OrderOf, PartName } from '../parts/part.list';
import type { BarContext, Measured } from './bar';

/** Runs parts and keeps what came of them, for the document. */
export class MeasureLog {
  readonly measured: Measured[] = [];

  constructor(private readonly context: BarContext) {}

  async run<Name extends PartName>(name: Name, order: OrderOf<Name>): Promise<FiguresOf<Name>> {
    const figures = await this.context.runPart(name, order);
    this.measured.push({ part: name, order, figures });
    return figures;
  }
}
