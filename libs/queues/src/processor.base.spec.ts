import { Injectable, Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ConfigModule } from '@weir/config';
import { JobProducer, ProcessorBase, QueuesContext, QueuesModule } from './index';
import type { JobPayloads } from './index';
import { eventually, startTestRedis } from './queues.test-support';

jest.setTimeout(30_000);
Logger.overrideLogger(false);

@Injectable()
class ListeningProcessor extends ProcessorBase<'balance'> {
  readonly heard: string[] = [];
  readonly finished: string[] = [];
  finish: () => void = () => {};

  constructor(context: QueuesContext) {
    super('balance', context);
  }

  async process({ fleet }: JobPayloads['balance']): Promise<void> {
    this.heard.push(fleet);
    if (fleet === 'slow') await new Promise<void>((resolve) => (this.finish = resolve));
    this.finished.push(fleet);
  }
}

describe('ProcessorBase in a Nest application', () => {
  it('takes jobs once the application has started and finishes them before it ends', async () => {
    const redis = await startTestRedis();
    const app = await Test.createTestingModule({
      imports: [ConfigModule.forRoot({ redis: redis.section }), QueuesModule.forRoot()],
      providers: [ListeningProcessor],
    }).compile();
    await app.init();
    const processor = app.get(ListeningProcessor);
    const producer = app.get(JobProducer);
    await eventually(() => producer.ringBalance('slow'), Boolean);
    await eventually(
      () => processor.heard,
      (heard) => heard.includes('slow'),
    );
    const closed = app.close();
    expect(processor.finished).toEqual([]);
    processor.finish();
    await closed;
    expect(processor.finished).toEqual(['slow']);
    await redis.end();
  });
});
