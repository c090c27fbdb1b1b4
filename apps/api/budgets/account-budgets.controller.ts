import { parsePublicId, newOwnedUuid, type BudgetDecision, type BudgetRef } from '#ledger';
import { BudgetReader } from '#ledger-store';
import { Body, Controller, Delete, Get, Param, Patch, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { accountNotFound, accountRef } from '../accounts/account-ref.ts';
import { Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { listView } from '../lists/list-view.ts';
import { pageRequest, PageQuery } from '../lists/page-query.ts';
import { problemOfRefusal } from '../problems/problem-of-refusal.ts';
import { ProblemError } from '../problems/problem.ts';
import { LedgerRequests, type Success } from '../requests/ledger-requests.ts';
import { noFields } from '../validation/no-fields.ts';
import { CreateBudgetBody, RaiseBody, UpdateBudgetBody } from './budget.body.ts';
import { BudgetQuery } from './budget.query.ts';
import { budgetView } from './budget.view.ts';
import { givenChanges, givenRaise, givenTerms } from './given-budget.ts';
import { pageOfBudgets } from './page-of-budgets.ts';
import { raiseRequestView } from './raise-request.view.ts';

/** What an account may spend in each period, or a part of it. */
@Controller('v1/accounts/:id/budgets')
export class AccountBudgetsController {
  constructor(
    private readonly ledger: LedgerRequests,
    private readonly budgets: BudgetReader,
  ) {}

  @Post()
  @Needs('admin')
  create(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body() body: CreateBudgetBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const account = accountRef(environment, id);
    const now = Date.now();
    const own = { name: body.name, owner: body.owner ?? 'operator', raise: null };
    const budget = { id: newOwnedUuid(now, account.key), ...own, ...givenTerms(body), createdAt: now } as const;
    return this.ledger.run(reply, { type: 'put_budget', account, budget, mustBeNew: true }, (decision) => ({
      ...answer(decision),
      status: decision.created ? 201 : 200,
    }));
  }

  @Get()
  @Needs('read')
  @OfAccount('path')
  async list(@Environment() environment: string, @Param('id') id: string, @Query() query: PageQuery) {
    const page = pageRequest(query);
    const all = await this.budgets.list(accountRef(environment, id));
    if (!all) throw accountNotFound(id);
    return listView(
      pageOfBudgets(all, page, ({ budget }) => budget.id),
      (one) => budgetView(one, { account: id, inherited: one.inherited }),
    );
  }

  @Get(':budget')
  @Needs('read')
  @OfAccount('path')
  async find(
    @Environment() environment: string,
    @Param('id') id: string,
    @Param('budget') budget: string,
    @Query() { value }: BudgetQuery,
  ) {
    const found = await this.budgets.find(accountRef(environment, id), budgetRef(budget), value ?? null);
    if (!found) throw accountNotFound(id);
    if (found === 'budget_not_found') throw new ProblemError(problemOfRefusal({ code: found }));
    return budgetView(found, { account: id, inherited: found.inherited });
  }

  @Patch(':budget')
  @Needs('admin')
  update(
    @Environment() environment: string,
    @Param('id') id: string,
    @Param('budget') budget: string,
    @Body() body: UpdateBudgetBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const changes = givenChanges(body);
    return this.ledger.run(reply, { type: 'update_budget', ...named(environment, id, budget), changes }, answer);
  }

  @Delete(':budget')
  @Needs('admin')
  remove(
    @Environment() environment: string,
    @Param('id') id: string,
    @Param('budget') budget: string,
    @Body(noFields) _body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.ledger.run(reply, { type: 'delete_budget', ...named(environment, id, budget) }, answer);
  }

  @Post(':budget/raise')
  @Needs('admin')
  raise(
    @Environment() environment: string,
    @Param('id') id: string,
    @Param('budget') budget: string,
    @Body() body: RaiseBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const raise = givenRaise(body);
    return this.ledger.run(reply, { type: 'raise_budget', ...named(environment, id, budget), raise }, answer);
  }

  @Delete(':budget/raise')
  @Needs('admin')
  endRaise(
    @Environment() environment: string,
    @Param('id') id: string,
    @Param('budget') budget: string,
    @Body(noFields) _body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.ledger.run(reply, { type: 'raise_budget', ...named(environment, id, budget), raise: null }, answer);
  }

  /** For whoever may not raise a budget itself. */
  @Post(':budget/raise-requests')
  @Needs('authorize')
  @OfAccount('path')
  requestRaise(
    @Environment() environment: string,
    @Param('id') id: string,
    @Param('budget') budget: string,
    @Body() body: RaiseBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const raise = givenRaise(body);
    return this.ledger.run(reply, { type: 'request_raise', ...named(environment, id, budget), raise }, (decision) => ({
      status: 201,
      view: raiseRequestView({ account: id, request: decision.request }),
    }));
  }
}

function answer(decision: BudgetDecision): Success {
  return { status: 200, view: budgetView(decision, { account: decision.account.id, inherited: false }) };
}

function named(environment: string, id: string, budget: string) {
  return { account: accountRef(environment, id), budget: budgetRef(budget) };
}

/** What has the form of an id is one; anything else is a name. */
function budgetRef(text: string): BudgetRef {
  const id = parsePublicId('budget', text);
  return id === null ? { name: text } : { id };
}
