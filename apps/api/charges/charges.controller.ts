import { Body, Controller, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { spendRequest } from '../authorizations/authorization-commands.ts';
import { DEFAULT_BATCH_MODE, SpendBody } from '../authorizations/authorization.body.ts';
import { authorizationView } from '../authorizations/authorization.view.ts';
import { checkBatchUsages } from '../authorizations/batch-usages.ts';
import { batchView, refusedItems } from '../authorizations/batch.view.ts';
import { senderOf } from '../authorizations/viewer.ts';
import { LedgerRequests } from '../requests/ledger-requests.ts';
import { ChargeBatchBody } from './charge.body.ts';

/** Authorize and commit in one step; the answers are authorizations. */
@Controller('v1/charges')
export class ChargesController {
  constructor(private readonly ledger: LedgerRequests) {}

  @Post()
  @Needs('authorize')
  @OfAccount('body')
  charge(@Environment() environment: string, @Body() body: SpendBody, @Res() reply: FastifyReply): Promise<void> {
    const sender = senderOf(reply.request);
    const command = { type: 'charge', ...spendRequest(environment, body, sender) } as const;
    return this.ledger.run(reply, command, (decision) => ({
      status: 201,
      view: authorizationView(decision, sender),
    }));
  }

  @Post('batch')
  @Needs('authorize')
  @OfAccount('items')
  chargeBatch(
    @Environment() environment: string,
    @Body() body: ChargeBatchBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { items } = body;
    const mode = body.mode ?? DEFAULT_BATCH_MODE;
    const sender = senderOf(reply.request);
    const charges = items.map((item) => spendRequest(environment, item, sender));
    checkBatchUsages(charges.map(({ usage }) => usage));
    const command = { type: 'charge_batch', mode, items: charges } as const;
    const status = mode === 'all_or_nothing' ? 201 : 200;
    return this.ledger.run(reply, command, (batch) => ({ status, view: batchView(batch, 201, sender) }), refusedItems);
  }
}
