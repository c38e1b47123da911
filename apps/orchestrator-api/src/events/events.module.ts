import { Module } from '@nestjs/common';
import { EventWatchHub } from './event-watch.hub';
import { EventsController } from './events.controller';

@Module({ controllers: [EventsController], providers: [EventWatchHub] })
export class EventsModule {}
