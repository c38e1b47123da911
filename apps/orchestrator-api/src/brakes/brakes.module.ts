import { Module } from '@nestjs/common';
import { ActorService } from '../operator/actor.service';
import { BrakesController } from './brakes.controller';
import { BrakesService } from './brakes.service';

@Module({ controllers: [BrakesController], providers: [ActorService, BrakesService] })
export class BrakesModule {}
