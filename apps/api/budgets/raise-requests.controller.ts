import { parsePublicId, type RaiseRequestStatus } from '#ledger';
import { RaiseRequestReader, type ReadRaiseRequest } from '#ledger-store';
import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { accountRef } from '../accounts/account-ref.ts';
import { callerOf, Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { listView } from '../lists/list-view.ts';
import { pageRequest } from '../lists/page-query.ts';
import { problemOfRefusal } from '../problems/problem-of-refusal.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { readKey } from '../requests/idempotency-key.ts';
import { LedgerRequests } from '../requests/ledger-requests.ts';
import { noFields } from '../validation/no-fields.ts';
import { DenyRaiseBody } from './budget.body.ts';
import { raiseRequestFilter, RaiseRequestQuery } from './raise-request.query.ts';
import { raiseRequestView } from './raise-request.view.ts';

interface Deciding {
  readonly status: Extract<RaiseRequestStatus, 'approved' | 'denied'>;
  /** Why it is denied. */
  readonly reason: string | null;
}

/** Raises of budgets that were asked for. */
@Controller('v1/raise-requests')
export class RaiseRequestsController {
  constructor(
    private readonly ledger: LedgerRequests,
    private readonly requests: RaiseRequestReader,
  ) {}

  @Get()
  @Needs('read')
  @OfAccount('query')
  async list(@Environment() environment: string, @Query() query: RaiseRequestQuery) {
    const filter = raiseRequestFilter(environment, query);
    return listView(await this.requests.list(environment, filter, pageRequest(query)), raiseRequestView);
  }

  @Post(':id/approve')
  @Needs('admin')
  approve(@Param('id') id: string, @Body(noFields) _body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return this.decide(reply, id, { status: 'approved', reason: null });
  }

  @Post(':id/deny')
  @Needs('admin')
  deny(@Param('id') id: string, @Body() { reason = null }: DenyRaiseBody, @Res() reply: FastifyReply): Promise<void> {
    return this.decide(reply, id, { status: 'denied', reason });
  }

  /** Deciding the same again changes nothing. */
  private async decide(reply: FastifyReply, id: string, { status, reason }: Deciding): Promise<void> {
    // A malformed key is refused also where nothing is left to decide.
    readKey(reply.request);
    const { environment } = callerOf(reply.request);
    const found = await this.found(environment, id);
    const { account, request } = found;
    if (request.status === status) {
      void reply.status(200).send(raiseRequestView(found));
      return;
    }
    if (request.status !== 'pending') throw new ProblemError(problemOfRefusal({ code: 'raise_request_decided' }));
    const approve = status === 'approved';
    const command = {
      type: 'decide_raise',
      account: accountRef(environment, account),
      request: request.id,
      approve,
      reason,
    } as const;
    await this.ledger.run(reply, command, (decision) => ({
      status: 200,
      view: raiseRequestView({ account, request: decision.request }),
    }));
  }

  private async found(environment: string, id: string): Promise<ReadRaiseRequest> {
    const uuid = parsePublicId('raiseRequest', id);
    const found = uuid === null ? null : await this.requests.find(environment, uuid);
    if (!found) {
      const detail = 'This environment has no request for a raise with this id.';
      throw new ProblemError(problem('raise_request_not_found', detail));
    }
    return found;
  }
}
