import { Module } from '@nestjs/common';
import { ExplainController } from './explain.controller';
import { ExplainService } from './explain.service';
import { FleetReader } from './fleet.reader';
import { PlanningTurn } from './planning.turn';
import { PlansController } from './plans.controller';
import { PlansService } from './plans.service';

/** What the planner would do, and why. */
@Module({
  controllers: [ExplainController, PlansController],
  providers: [PlanningTurn, FleetReader, ExplainService, PlansService],
  exports: [FleetReader],
})
export class PlanningModule {}
