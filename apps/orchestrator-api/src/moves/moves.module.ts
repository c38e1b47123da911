import { Module } from '@nestjs/common';
import { ActorService } from '../operator/actor.service';
import { PlanningModule } from '../planning/planning.module';
import { MovesController } from './moves.controller';
import { MovesService } from './moves.service';
import { NewMoveService } from './new-move.service';

@Module({
  imports: [PlanningModule],
  controllers: [MovesController],
  providers: [ActorService, MovesService, NewMoveService],
})
export class MovesModule {}
