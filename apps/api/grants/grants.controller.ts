import { Amount, formatAmount } from '#amounts';
import { parsePublicId, type AccountRef, type Command, type GrantDecision, type Money, type ObjectRef } from '#ledger';
import { GrantReader } from '#ledger-store';
import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { accountNotFound, accountRef } from '../accounts/account-ref.ts';
import { Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { listView } from '../lists/list-view.ts';
import { pageRequest, PageQuery } from '../lists/page-query.ts';
import { problemOfRefusal } from '../problems/problem-of-refusal.ts';
import { ProblemError } from '../problems/problem.ts';
import { LedgerRequests } from '../requests/ledger-requests.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { isAmountPerCredit, TOO_MUCH_PER_CREDIT } from '../validation/per-credit.ts';
import { noFields } from '../validation/no-fields.ts';
import { parseInstant } from '../validation/rules.ts';
import { grantScope } from './grant-scope.ts';
import { CreateGrantBody, DEFAULT_PRIORITY, VoidGrantBody } from './grant.body.ts';
import { grantView } from './grant.view.ts';

@Controller('v1')
export class GrantsController {
  constructor(
    private readonly ledger: LedgerRequests,
    private readonly grants: GrantReader,
  ) {}

  @Post('accounts/:id/grants')
  @Needs('admin')
  create(
    @Environment() environment: string,
    @Param('id') account: string,
    @Body() body: CreateGrantBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.ledger.run(reply, createGrantCommand(accountRef(environment, account), body), (decision) => ({
      status: 201,
      view: grantView(decision),
    }));
  }

  @Get('accounts/:id/grants')
  @Needs('read')
  @OfAccount('path')
  async list(@Environment() environment: string, @Param('id') account: string, @Query() query: PageQuery) {
    const page = await this.grants.list(accountRef(environment, account), pageRequest(query));
    if (!page) throw accountNotFound(account);
    return listView(page, grantView);
  }

  @Get('grants/:id')
  @Needs('read')
  @OfAccount('grant')
  async find(@Environment() environment: string, @Param('id') id: string, @Query(noFields) _query: unknown) {
    const found = await this.grants.find(grantRef(environment, id));
    if (!found) throw grantNotFound();
    return grantView(found);
  }

  @Post('grants/:id/void')
  @Needs('admin')
  void(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body() { returned }: VoidGrantBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const succeed = (decision: GrantDecision) => ({ status: 200, view: grantView(decision) });
    const command: Command<'void_grant'> = {
      type: 'void_grant',
      grant: grantRef(environment, id),
      ...(returned ? { returned: new Amount(returned) } : {}),
    };
    return this.ledger.run(reply, command, succeed);
  }
}

/** A field that is `null` counts as not given. */
function createGrantCommand(account: AccountRef, body: CreateGrantBody): Command<'create_grant'> {
  return {
    type: 'create_grant',
    account,
    amount: new Amount(body.amount),
    category: body.category ?? 'paid',
    priority: body.priority ?? DEFAULT_PRIORITY,
    scope: body.scope ? grantScope(body.scope) : null,
    costBasis: body.cost_basis ? new Amount(body.cost_basis) : null,
    ...givenMoney(body),
    ...(body.purchase && { purchaseReference: body.purchase }),
    effectiveAt: parseInstant(body.effective_at),
    expiresAt: parseInstant(body.expires_at),
    metadata: body.metadata ?? {},
  };
}

/** @throws {ProblemError} `invalid_request` where what is said of the money contradicts itself */
function givenMoney({ amount, amount_paid, currency, cost_basis }: CreateGrantBody): { readonly paid?: Money } {
  if (!amount_paid && !currency) return {};
  if (!amount_paid) throw invalidRequest([{ field: 'amount_paid', message: 'must be given with currency' }]);
  if (!currency) throw invalidRequest([{ field: 'currency', message: 'must be given with amount_paid' }]);
  const paid = new Amount(amount_paid);
  if (!isAmountPerCredit(paid, new Amount(amount))) {
    throw invalidRequest([{ field: 'amount_paid', message: TOO_MUCH_PER_CREDIT }]);
  }
  const costBasis = paid.div(amount).toDecimalPlaces(12);
  if (cost_basis && !costBasis.eq(cost_basis)) {
    const message = `must be amount_paid divided by amount, ${formatAmount(costBasis)}, or left out`;
    throw invalidRequest([{ field: 'cost_basis', message }]);
  }
  return { paid: { amount: paid, currency: currency.toUpperCase() } };
}

function grantRef(environment: string, id: string): ObjectRef {
  const uuid = parsePublicId('grant', id);
  if (uuid === null) throw grantNotFound();
  return { environment, id: uuid };
}

function grantNotFound(): ProblemError {
  return new ProblemError(problemOfRefusal({ code: 'grant_not_found' }));
}
