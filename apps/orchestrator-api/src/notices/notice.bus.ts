import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Database, NotificationListener } from '@weir/database';
import type { FleetNotice } from '@weir/database';

export interface NoticeSubscriber {
  /** Something was committed in a fleet. Must return at once. */
  onNotice(notice: FleetNotice): void;
  /** Notices may have been lost: look at everything. */
  onGap(): void;
}

/** The process's one listening connection, shared by all who want to hear of commits. */
@Injectable()
export class NoticeBus implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Notices');
  private readonly subscribers = new Set<NoticeSubscriber>();
  private readonly listener: NotificationListener;
  private isBroken = false;
  private isClosing = false;

  constructor(database: Database) {
    this.listener = new NotificationListener(database.options, {
      onNotice: (notice) => this.tell((subscriber) => subscriber.onNotice(notice)),
      onGap: () => this.onGap(),
      onError: (error) => this.onError(error),
    });
  }

  /** @returns a function that ends the subscription. */
  subscribe(subscriber: NoticeSubscriber): () => void {
    this.subscribers.add(subscriber);
    return () => this.subscribers.delete(subscriber);
  }

  onApplicationBootstrap(): void {
    this.listener.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isClosing = true;
    await this.listener.close();
  }

  private onGap(): void {
    if (this.isBroken) this.log.log('listening again');
    this.isBroken = false;
    this.tell((subscriber) => subscriber.onGap());
  }

  private onError(error: Error): void {
    if (this.isClosing) return;
    if (!this.isBroken) this.log.warn(`not listening (${error.message}); trying again`);
    this.isBroken = true;
  }

  private tell(say: (subscriber: NoticeSubscriber) => void): void {
    for (const subscriber of [...this.subscribers]) {
      try {
        say(subscriber);
      } catch (error) {
        this.log.error(`a subscriber failed: ${String(error)}`);
      }
    }
  }
}
