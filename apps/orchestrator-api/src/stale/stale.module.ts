import { Global, Module } from '@nestjs/common';
import { AnswerMemory } from './answer.memory';

/** One memory of answers for all reads. */
@Global()
@Module({
  providers: [{ provide: AnswerMemory, useFactory: () => new AnswerMemory() }],
  exports: [AnswerMemory],
})
export class StaleModule {}
