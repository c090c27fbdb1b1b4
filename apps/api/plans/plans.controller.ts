import { Plans, RateCardMirror, type Changed, type Plan, type PlanRefusal } from '#ledger-store';
import { Body, Controller, Get, Param, Patch, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Environment } from '../auth/authenticate.ts';
import { Needs } from '../auth/needs.ts';
import { listView } from '../lists/list-view.ts';
import { pageRequest, PageQuery } from '../lists/page-query.ts';
import { givenCard } from '../rate-cards/given-card.ts';
import { answerChange, changeRequestOf } from '../requests/change-requests.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { noFields } from '../validation/no-fields.ts';
import { givenPlanChanges, givenPlanTerms } from './given-plan.ts';
import { planIdOrNotFound, planNotFound } from './plan-ref.ts';
import { CreatePlanBody, UpdatePlanBody } from './plan.body.ts';
import { planView } from './plan.view.ts';

/** What accounts get by one call. */
@Controller('v1/plans')
export class PlansController {
  constructor(
    private readonly plans: Plans,
    private readonly rateCards: RateCardMirror,
  ) {}

  @Post()
  @Needs('admin')
  async create(
    @Environment() environment: string,
    @Body() body: CreatePlanBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const terms = givenPlanTerms(body);
    const card = await givenCard(this.rateCards, environment, terms.rate_card);
    const named = { name: body.name, terms, cardUnit: card && card.unit };
    answer(reply, await this.plans.create(changeRequestOf(reply.request), named, shownAs(201)));
  }

  @Get()
  @Needs('read')
  async list(@Environment() environment: string, @Query() query: PageQuery) {
    return listView(await this.plans.list(environment, pageRequest(query)), planView);
  }

  @Get(':id')
  @Needs('read')
  async find(@Environment() environment: string, @Param('id') id: string, @Query(noFields) _query: unknown) {
    const plan = await this.plans.find(environment, planIdOrNotFound(id));
    if (!plan) throw planNotFound(id);
    return planView(plan);
  }

  @Patch(':id')
  @Needs('admin')
  async update(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body() body: UpdatePlanBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const uuid = planIdOrNotFound(id);
    const terms = givenPlanChanges(body);
    const card = await givenCard(this.rateCards, environment, terms.rate_card ?? null);
    const applies = body.apply === 'existing_from_next_period';
    const update = { id: uuid, ...(body.name && { name: body.name }), terms, cardUnit: card && card.unit, applies };
    answer(reply, await this.plans.update(changeRequestOf(reply.request), update, shownAs(200)), id);
  }
}

function shownAs(status: number) {
  return (plan: Plan) => ({ status, body: JSON.stringify(planView(plan)) });
}

function answer(reply: FastifyReply, result: Changed<PlanRefusal>, id = ''): void {
  if (result === 'plan_not_found') throw planNotFound(id);
  if (result === 'plan_without_periods') throw invalidRequest([NO_PERIODS]);
  answerChange(reply, result);
}

const NO_PERIODS = {
  field: 'apply',
  message: 'must not be given for a plan without recurring grants: no period of it ends',
};
