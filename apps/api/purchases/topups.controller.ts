import { Amount } from '#amounts';
import {
  isUnderWay,
  publicId,
  type AccountRef,
  type Command,
  type PaymentResult,
  type Purchase,
  type PurchaseDecision,
} from '#ledger';
import { AccountReader, PurchaseReader, type ReadPurchase } from '#ledger-store';
import { PaymentCanceler } from '#payment-store';
import { PaymentProviders } from '#payments';
import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { accountNotFound, accountRef } from '../accounts/account-ref.ts';
import { Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { listView } from '../lists/list-view.ts';
import { pageRequest } from '../lists/page-query.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { askProvider } from '../providers/ask-provider.ts';
import { readKey } from '../requests/idempotency-key.ts';
import { LedgerRequests } from '../requests/ledger-requests.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import type { Fault } from '../validation/faults-of.ts';
import { noFields } from '../validation/no-fields.ts';
import { beginPurchaseCommand } from './begin-purchase-command.ts';
import { leastCharge, Offers } from './offers.ts';
import { findPurchase } from './purchase-ref.ts';
import { purchaseFilterOf, TopupQuery } from './purchase.query.ts';
import { topupView } from './purchase.view.ts';
import { paymentFaults, providerRefused, refuseProvider } from './refuse-provider.ts';
import { ConfirmTopupBody, CreateTopupBody, RefundTopupBody } from './topup.body.ts';

/** Credits that accounts buy. */
@Controller('v1')
export class TopupsController {
  constructor(
    private readonly ledger: LedgerRequests,
    private readonly purchases: PurchaseReader,
    private readonly accounts: AccountReader,
    private readonly offers: Offers,
    private readonly providers: PaymentProviders,
    private readonly canceler: PaymentCanceler,
  ) {}

  @Post('accounts/:id/topups')
  @Needs('admin')
  async create(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body() body: CreateTopupBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const faults = [...sizeFaults(body), ...paymentFaults(body)];
    if (faults.length > 0) throw invalidRequest(faults);
    const account = accountRef(environment, id);
    const command = await this.sale(account, body).catch(async (error: unknown) => {
      // What was bought under this key may not be for sale any more.
      if (error instanceof ProblemError && (await this.ledger.replay(reply, account))) return null;
      throw error;
    });
    if (command) await this.ledger.run(reply, command, shownAs(201));
  }

  @Get('accounts/:id/topups')
  @Needs('read')
  @OfAccount('path')
  async list(@Environment() environment: string, @Param('id') id: string, @Query() query: TopupQuery) {
    const account = accountRef(environment, id);
    if (!(await this.accounts.find(account))) throw accountNotFound(id);
    const filter = purchaseFilterOf(account.key, query);
    return listView(await this.purchases.list(environment, filter, pageRequest(query)), topupView);
  }

  @Get('topups/:id')
  @Needs('read')
  @OfAccount('topup')
  async find(@Environment() environment: string, @Param('id') id: string, @Query(noFields) _query: unknown) {
    return topupView(await findPurchase(this.purchases, environment, 'topup', id));
  }

  /** An operator says that the money came, or that a customer of the test provider has done what it asked for. */
  @Post('topups/:id/confirm')
  @Needs('admin')
  async confirm(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body() body: ConfirmTopupBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // A malformed key is refused before the provider is told anything.
    readKey(reply.request);
    const found = await findPurchase(this.purchases, environment, 'topup', id);
    const result = await this.confirmed(found, body.reference ?? null);
    const purchase = { environment, id: found.purchase.id };
    return this.ledger.run(reply, { type: 'record_payment', purchase, result }, shownAs(200));
  }

  /** Ends the payment at the provider first, so that it takes no money later. What it has taken meanwhile is granted. */
  @Post('topups/:id/cancel')
  @Needs('admin')
  async cancel(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body(noFields) _body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // A malformed key is refused before the provider is told anything.
    readKey(reply.request);
    const { purchase } = await findPurchase(this.purchases, environment, 'topup', id);
    if (isUnderWay(purchase)) await this.cancelAtProvider(purchase);
    const command = { type: 'cancel_purchase', purchase: { environment, id: purchase.id } } as const;
    return this.ledger.run(reply, command, shownAs(200));
  }

  @Post('topups/:id/refund')
  @Needs('admin')
  async refund(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body() body: RefundTopupBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { purchase } = await findPurchase(this.purchases, environment, 'topup', id);
    const command: Command<'refund_purchase'> = {
      type: 'refund_purchase',
      purchase: { environment, id: purchase.id },
      origin: 'asked',
      credits: body.credits ? new Amount(body.credits) : null,
      minorUnit: leastCharge(purchase.currency),
    };
    return this.ledger.run(reply, command, shownAs(200));
  }

  private async cancelAtProvider({ id, provider, environment }: Purchase): Promise<void> {
    const outcome = await askProvider(() => this.canceler.cancel(id));
    if (outcome === 'processing') throw decidedByProvider(provider);
    if (outcome !== 'canceled' && outcome !== 'ended') throw providerRefused(provider, environment, outcome);
  }

  /** @throws {ProblemError} where it isn't for sale */
  private async sale(account: AccountRef, body: CreateTopupBody): Promise<Command<'begin_purchase'>> {
    const command = await beginPurchaseCommand(this.offers, account, body);
    refuseProvider(this.providers, account.environment, body.provider);
    return command;
  }

  private async confirmed({ purchase }: ReadPurchase, reference: string | null): Promise<PaymentResult> {
    const { provider, price, currency } = purchase;
    if (provider === 'manual') return { status: 'succeeded', reference, paid: { amount: price, currency } };
    if (provider !== 'test') throw decidedByProvider(provider);
    const result = await this.providers.test.complete(publicId('purchase', purchase.id), 'succeeded');
    if (!result) throw decidedByProvider(provider);
    return result;
  }
}

function shownAs(status: number) {
  return (decision: PurchaseDecision) => ({ status, view: topupView(decision) });
}

function sizeFaults({ amount, package: creditPackage }: CreateTopupBody): Fault[] {
  if (!amount && !creditPackage) return [{ field: 'amount', message: 'must be given, or package' }];
  if (amount && creditPackage) return [{ field: 'package', message: 'must not be given with amount' }];
  return [];
}

function decidedByProvider(provider: string): ProblemError {
  const detail = `The provider ${provider} says itself what becomes of the payment. Wait until it does.`;
  return new ProblemError(problem('topup_decided_by_provider', detail, { provider }));
}
