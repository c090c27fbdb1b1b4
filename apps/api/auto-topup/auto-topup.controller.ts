import type { AutoTopupDecision, AutoTopupTerms } from '#ledger';
import { AutoTopupReader } from '#ledger-store';
import { PaymentProviders } from '#payments';
import { Body, Controller, Delete, Get, Param, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { accountNotFound, accountRef } from '../accounts/account-ref.ts';
import { Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { Offers } from '../purchases/offers.ts';
import { refuseProvider } from '../purchases/refuse-provider.ts';
import { LedgerRequests, type Success } from '../requests/ledger-requests.ts';
import { noFields } from '../validation/no-fields.ts';
import { AutoTopupBody } from './auto-topup.body.ts';
import { autoTopupView } from './auto-topup.view.ts';
import { givenAutoTopup, givenSize } from './given-auto-topup.ts';

/** An account's rule to buy credits when it runs low. */
@Controller('v1/accounts/:id/auto-topup')
export class AutoTopupController {
  constructor(
    private readonly ledger: LedgerRequests,
    private readonly rules: AutoTopupReader,
    private readonly offers: Offers,
    private readonly providers: PaymentProviders,
  ) {}

  @Get()
  @Needs('read')
  @OfAccount('path')
  async read(@Environment() environment: string, @Param('id') id: string, @Query(noFields) _query: unknown) {
    const found = await this.rules.find(accountRef(environment, id));
    if (!found) throw accountNotFound(id);
    return autoTopupView({ account: id, ...found });
  }

  /** The price is the one of now. It stays until the rule is set again. */
  @Put()
  @Needs('admin')
  async set(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body() body: AutoTopupBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const given = givenAutoTopup(body);
    const terms = { ...given, ...(await this.priced(environment, body)) };
    refuseProvider(this.providers, environment, body.provider);
    const command = { type: 'set_auto_topup', account: accountRef(environment, id), terms } as const;
    return this.ledger.run(reply, command, answer);
  }

  @Delete()
  @Needs('admin')
  remove(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body(noFields) _body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const command = { type: 'set_auto_topup', account: accountRef(environment, id), terms: null } as const;
    return this.ledger.run(reply, command, answer);
  }

  private async priced(environment: string, body: AutoTopupBody): Promise<Pick<AutoTopupTerms, 'buys' | 'offer'>> {
    if (!body.package) {
      const offer = this.offers.ofCredits(environment, body.provider);
      return { buys: givenSize(body, offer), offer };
    }
    const { offer, creditPackage } = await this.offers.ofPackage(environment, body.package);
    const { id, credits, bonusCredits: bonus } = creditPackage;
    return { buys: { package: id, credits, bonus }, offer };
  }
}

function answer({ account, autoTopup, underWay }: AutoTopupDecision): Success {
  return { status: 200, view: autoTopupView({ account: account.id, autoTopup, underWay }) };
}
