import type { JsonObject } from '#amounts';
import { publicId } from '#ledger';
import { AccountReader, RateCards, Settings } from '#ledger-store';
import { readPrices } from '#pricing';
import { WhatIf, whatIfReport, type OtherCard } from '#reports';
import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { accountNotFound, accountRef } from '../accounts/account-ref.ts';
import { Environment } from '../auth/authenticate.ts';
import { Needs } from '../auth/needs.ts';
import {
  rateCardIdOrNotFound,
  rateCardNotFound,
  rateCardPurposeDiffers,
  versionNotFound,
} from '../rate-cards/rate-card-ref.ts';
import { RowSender } from '../rows/row-sender.ts';
import { answerReport } from './answer-report.ts';
import { askedRange } from './report.query.ts';
import { assumptionsOf, WhatIfQuery } from './what-if.query.ts';

interface AskedCard extends OtherCard {
  /** The card's UUID. */
  readonly id: string;
  readonly version: number;
}

/** What usage would have cost. Keys that are bound to an account don't see it. */
@Controller('v1/reports/what-if')
export class WhatIfController {
  constructor(
    private readonly whatIf: WhatIf,
    private readonly rateCards: RateCards,
    private readonly accounts: AccountReader,
    private readonly settings: Settings,
    private readonly rows: RowSender,
  ) {}

  @Get()
  @Needs('read')
  async showWhatIf(
    @Environment() environment: string,
    @Query() query: WhatIfQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { timeZone, pricePerCredit, currency } = this.settings.of(environment);
    const assumptions = assumptionsOf(query);
    const range = askedRange(query, timeZone, Date.now());
    const account = query.account === undefined ? null : accountRef(environment, query.account);
    if (account && !(await this.accounts.find(account))) throw accountNotFound(account.id);
    const card = await this.cardOf(environment, query);
    const { from, to } = range;
    const result = await this.whatIf.read({ environment, account, from, to, card, assumptions });
    const report = whatIfReport(result, pricePerCredit);
    const asked = { ...askedOf(query, card), currency };
    answerReport(this.rows, reply, { name: 'what-if', range, timeZone, asked, report }, query.format);
  }

  private async cardOf(environment: string, { rate_card: id, version }: WhatIfQuery): Promise<AskedCard | null> {
    if (id === undefined) return null;
    const uuid = rateCardIdOrNotFound(id);
    const asked = version === undefined ? null : Number(version);
    const found = await this.rateCards.find(environment, uuid, asked);
    if (!found) {
      const isThere = asked !== null && (await this.rateCards.find(environment, uuid, null)) !== null;
      throw isThere ? versionNotFound(id, asked) : rateCardNotFound(id);
    }
    const { card, version: shown } = found;
    if (card.purpose !== 'price') throw rateCardPurposeDiffers(id, 'price');
    return { id: uuid, version: shown.version, unit: card.unit, prices: readPrices(shown.prices) };
  }
}

function askedOf({ account, route, cached, batched }: WhatIfQuery, card: AskedCard | null): JsonObject {
  return {
    ...(account !== undefined && { account }),
    ...(card && { rate_card: publicId('rateCard', card.id), version: card.version }),
    ...(route && { route: { ...route } }),
    ...(cached !== undefined && { cached }),
    ...(batched !== undefined && { batched }),
  };
}
