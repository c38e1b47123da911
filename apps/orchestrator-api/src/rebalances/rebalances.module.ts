import { Module } from '@nestjs/common';
import { ActorService } from '../operator/actor.service';
import { RebalancesController } from './rebalances.controller';
import { RebalancesService } from './rebalances.service';

@Module({ controllers: [RebalancesController], providers: [ActorService, RebalancesService] })
export class RebalancesModule {}
