import type { Command, PlanDecision, PlanVersionRef } from '#ledger';
import { AccountReader, Plans, RateCardMirror } from '#ledger-store';
import { Body, Controller, Delete, Get, Param, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { accountNotFound, accountRef } from '../accounts/account-ref.ts';
import { Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { givenCard } from '../rate-cards/given-card.ts';
import { LedgerRequests, type Success } from '../requests/ledger-requests.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { noFields } from '../validation/no-fields.ts';
import { AccountPlanBody, DEFAULT_EFFECT } from './account-plan.body.ts';
import { accountPlanView } from './account-plan.view.ts';
import { planIdOrNotFound, planNotFound } from './plan-ref.ts';

/** The plan that an account is on. */
@Controller('v1/accounts/:id/plan')
export class AccountPlanController {
  constructor(
    private readonly ledger: LedgerRequests,
    private readonly accounts: AccountReader,
    private readonly plans: Plans,
    private readonly rateCards: RateCardMirror,
  ) {}

  @Get()
  @Needs('read')
  @OfAccount('path')
  async find(@Environment() environment: string, @Param('id') id: string, @Query(noFields) _query: unknown) {
    const found = await this.accounts.findPlan(accountRef(environment, id));
    if (!found) throw accountNotFound(id);
    return accountPlanView(found);
  }

  @Put()
  @Needs('admin')
  async set(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body() body: AccountPlanBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const effective = body.effective ?? DEFAULT_EFFECT;
    const prorate = body.prorate ?? false;
    if (prorate && effective === 'next_period') throw invalidRequest([NOTHING_TO_PRORATE]);
    const plan = body.plan === null ? null : await this.versionOf(environment, body.plan);
    const command = { type: 'set_plan', account: accountRef(environment, id), plan, effective, prorate } as const;
    return this.run(reply, command);
  }

  /** Ends it now. What was granted stays. */
  @Delete()
  @Needs('admin')
  end(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body(noFields) _body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const account = accountRef(environment, id);
    return this.run(reply, { type: 'set_plan', account, plan: null, effective: 'now', prorate: false });
  }

  private run(reply: FastifyReply, command: Command<'set_plan'>): Promise<void> {
    return this.ledger.run(reply, command, answer);
  }

  /** The plan as it is now. @throws {ProblemError} where there is none, or accounts can't get its rate card any more */
  private async versionOf(environment: string, id: string): Promise<PlanVersionRef> {
    const plan = await this.plans.find(environment, planIdOrNotFound(id));
    if (!plan) throw planNotFound(id);
    await givenCard(this.rateCards, environment, plan.terms.rate_card);
    const { version, name, terms, cardUnit } = plan;
    return { plan: plan.id, version, name, terms, cardUnit };
  }
}

function answer(decision: PlanDecision): Success {
  return { status: 200, view: accountPlanView(decision) };
}

const NOTHING_TO_PRORATE = {
  field: 'prorate',
  message: 'must not be true with effective next_period: nothing is left of a period that has ended',
};
