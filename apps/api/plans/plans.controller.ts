import { Plans, RateCardMirror, type Changed, type Plan } from '#ledger-store';
import { Body, Controller, Get, Param, Patch, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Environment } from '../auth/authenticate.ts';
import { Needs } from '../auth/needs.ts';
import { listView } from '../lists/list-view.ts';
import { pageRequest, PageQuery } from '../lists/page-query.ts';
import { givenCard } from '../rate-cards/given-card.ts';
import { answerChange, changeRequestOf } from '../requests/change-requests.ts';
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
    await givenCard(this.rateCards, environment, terms.rate_card);
    const request = changeRequestOf(reply.request);
    answer(reply, await this.plans.create(request, { name: body.name, terms }, shownAs(201)));
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
    await givenCard(this.rateCards, environment, terms.rate_card ?? null);
    const request = changeRequestOf(reply.request);
    const change = { id: uuid, ...(body.name && { name: body.name }), terms };
    answer(reply, await this.plans.update(request, change, shownAs(200)), id);
  }
}

function shownAs(status: number) {
  return (plan: Plan) => ({ status, body: JSON.stringify(planView(plan)) });
}

function answer(reply: FastifyReply, result: Changed<'plan_not_found'>, id = ''): void {
  if (result === 'plan_not_found') throw planNotFound(id);
  answerChange(reply, result);
}
