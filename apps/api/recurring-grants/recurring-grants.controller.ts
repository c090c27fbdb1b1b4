import { type RecurringDecision } from '#ledger';
import { RecurringGrantReader } from '#ledger-store';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { accountNotFound, accountRef } from '../accounts/account-ref.ts';
import { Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { problemOfRefusal } from '../problems/problem-of-refusal.ts';
import { ProblemError } from '../problems/problem.ts';
import { LedgerRequests, type Success } from '../requests/ledger-requests.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { noFields } from '../validation/no-fields.ts';
import { BUDGET_NAME, BUDGET_NAME_FORM } from '../validation/rules.ts';
import { putCommand } from './given-recurring-grant.ts';
import { PutRecurringGrantBody } from './recurring-grant.body.ts';
import { recurringGrantView } from './recurring-grant.view.ts';

/** The allowances of an account. */
@Controller('v1/accounts/:id/recurring-grants')
export class RecurringGrantsController {
  constructor(
    private readonly ledger: LedgerRequests,
    private readonly reader: RecurringGrantReader,
  ) {}

  @Put(':name')
  @Needs('admin')
  put(
    @Environment() environment: string,
    @Param('id') id: string,
    @Param('name') name: string,
    @Body() body: PutRecurringGrantBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!BUDGET_NAME.test(name)) throw invalidRequest([{ field: 'name', message: BUDGET_NAME_FORM }]);
    const command = putCommand(accountRef(environment, id), name, body);
    return this.ledger.run(reply, command, (decision) => ({
      ...answer(decision),
      status: decision.created ? 201 : 200,
    }));
  }

  /** All of them: there are at most 20. */
  @Get()
  @Needs('read')
  @OfAccount('path')
  async list(@Environment() environment: string, @Param('id') id: string, @Query(noFields) _query: unknown) {
    const found = await this.reader.list(accountRef(environment, id));
    if (!found) throw accountNotFound(id);
    const data = found.recurring.map((recurring) => recurringGrantView({ account: id, recurring, asOf: found.asOf }));
    return { data, next_cursor: null };
  }

  @Get(':name')
  @Needs('read')
  @OfAccount('path')
  async find(
    @Environment() environment: string,
    @Param('id') id: string,
    @Param('name') name: string,
    @Query(noFields) _query: unknown,
  ) {
    const found = await this.reader.list(accountRef(environment, id));
    if (!found) throw accountNotFound(id);
    const recurring = found.recurring.find((one) => one.name === name);
    if (!recurring) throw new ProblemError(problemOfRefusal({ code: 'recurring_grant_not_found' }));
    return recurringGrantView({ account: id, recurring, asOf: found.asOf });
  }

  @Delete(':name')
  @Needs('admin')
  remove(
    @Environment() environment: string,
    @Param('id') id: string,
    @Param('name') name: string,
    @Body(noFields) _body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const account = accountRef(environment, id);
    return this.ledger.run(reply, { type: 'delete_recurring_grant', account, name }, answer);
  }

  @Post(':name/pause')
  @HttpCode(200)
  @Needs('admin')
  pause(
    @Environment() environment: string,
    @Param('id') id: string,
    @Param('name') name: string,
    @Body(noFields) _body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const account = accountRef(environment, id);
    return this.ledger.run(reply, { type: 'pause_recurring_grant', account, name }, answer);
  }

  @Post(':name/resume')
  @HttpCode(200)
  @Needs('admin')
  resume(
    @Environment() environment: string,
    @Param('id') id: string,
    @Param('name') name: string,
    @Body(noFields) _body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const account = accountRef(environment, id);
    return this.ledger.run(reply, { type: 'resume_recurring_grant', account, name }, answer);
  }
}

function answer(decision: RecurringDecision): Success {
  return { status: 200, view: recurringGrantView(decision) };
}
