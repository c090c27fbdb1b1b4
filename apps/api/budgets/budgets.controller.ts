import { MAX_BUDGETS, newUuid, type Budget } from '#ledger';
import { CommonBudgets, type ChangeAnswer } from '#ledger-store';
import { Body, Controller, Delete, Get, Param, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Environment } from '../auth/authenticate.ts';
import { Needs } from '../auth/needs.ts';
import { listView } from '../lists/list-view.ts';
import { pageRequest, PageQuery } from '../lists/page-query.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { answerChange, changeRequestOf } from '../requests/change-requests.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { noFields } from '../validation/no-fields.ts';
import { BUDGET_NAME, BUDGET_NAME_FORM } from '../validation/rules.ts';
import { PutBudgetBody } from './budget.body.ts';
import { budgetTermsView } from './budget.view.ts';
import { givenTerms } from './given-budget.ts';
import { pageOfBudgets } from './page-of-budgets.ts';

/** The budgets that every account has, beside its own. */
@Controller('v1/budgets')
export class BudgetsController {
  constructor(private readonly budgets: CommonBudgets) {}

  @Put(':name')
  @Needs('admin')
  async set(@Param('name') name: string, @Body() body: PutBudgetBody, @Res() reply: FastifyReply): Promise<void> {
    if (!BUDGET_NAME.test(name)) throw invalidRequest([{ field: 'name', message: BUDGET_NAME_FORM }]);
    const now = Date.now();
    const own = { id: newUuid(now), name, raise: null, owner: 'operator', createdAt: now } as const;
    const result = await this.budgets.set(
      changeRequestOf(reply.request),
      { ...own, ...givenTerms(body) },
      ({ budget, created }) => answer(budget, created ? 201 : 200),
    );
    if (result === 'too_many_budgets') throw tooManyBudgets();
    answerChange(reply, result);
  }

  @Get()
  @Needs('read')
  list(@Environment() environment: string, @Query() query: PageQuery) {
    const newestFirst = this.budgets.of(environment).toSorted((a, b) => (a.id < b.id ? 1 : -1));
    return listView(
      pageOfBudgets(newestFirst, pageRequest(query), ({ id }) => id),
      budgetTermsView,
    );
  }

  @Get(':name')
  @Needs('read')
  find(@Environment() environment: string, @Param('name') name: string, @Query(noFields) _query: unknown) {
    const found = this.budgets.of(environment).find((one) => one.name === name);
    if (!found) throw budgetNotFound();
    return budgetTermsView(found);
  }

  @Delete(':name')
  @Needs('admin')
  async remove(@Param('name') name: string, @Body(noFields) _body: unknown, @Res() reply: FastifyReply): Promise<void> {
    const result = await this.budgets.remove(changeRequestOf(reply.request), name, (removed) => answer(removed, 200));
    if (result === 'budget_not_found') throw budgetNotFound();
    answerChange(reply, result);
  }
}

function answer(budget: Budget, status: number): ChangeAnswer {
  return { status, body: JSON.stringify(budgetTermsView(budget)) };
}

function budgetNotFound(): ProblemError {
  return new ProblemError(
    problem('budget_not_found', 'Not every account of this environment has a budget of this name.'),
  );
}

function tooManyBudgets(): ProblemError {
  const detail = `Every account has ${String(MAX_BUDGETS)} budgets already, as many as there may be.`;
  return new ProblemError(problem('too_many_budgets', detail, { limit: MAX_BUDGETS }));
}
