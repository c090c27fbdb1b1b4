import type { Caller } from '#access';
import { ZERO } from '#amounts';
import { LIVE } from '#ledger';
import { AccountReader, RateCardMirror, TestClocks } from '#ledger-store';
import { priceRepeatedUsages, readPrices, type Positions, type PriceList, type PricingTerms } from '#pricing';
import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { accountNotFound, accountRef } from '../accounts/account-ref.ts';
import { callerOf } from '../auth/authenticate.ts';
import { ChangesNothing, Needs, OfAccount } from '../auth/needs.ts';
import { problemOfRefusal } from '../problems/problem-of-refusal.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { rateCardIdOrNotFound, rateCardNotFound } from '../rate-cards/rate-card-ref.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { QuoteBody } from './quote.body.ts';
import { quoteView } from './quote.view.ts';
import { readQuotedUsage } from './quoted-usage.ts';

/** What a quote is priced by. */
interface Basis {
  /** Its UUID. */
  readonly rateCard: string;
  readonly version: number;
  readonly unit: string;
  readonly terms: PricingTerms;
  readonly positions: Positions;
  /** Milliseconds since 1970, by the clock of the account or of the environment. */
  readonly at: number;
}

/** What usage would cost. Nothing is changed, and nothing is held. */
@Controller('v1/quotes')
export class QuotesController {
  constructor(
    private readonly rateCards: RateCardMirror,
    private readonly accounts: AccountReader,
    private readonly clocks: TestClocks,
  ) {}

  @Post()
  @HttpCode(200)
  @Needs('authorize', 'read')
  @OfAccount('body')
  @ChangesNothing()
  async quote(@Req() request: FastifyRequest, @Body() body: QuoteBody) {
    const usages = readQuotedUsage(body.usage);
    const basis = await this.basisOf(callerOf(request), body);
    const pricing = priceRepeatedUsages(basis.terms, { usages, tags: body.tags ?? {}, at: basis.at }, basis.positions);
    if (!pricing.ok) throw unpriced(pricing.unpriced.map((index) => usages[index]?.sentAt ?? index));
    return quoteView({ ...basis, priced: pricing.priced });
  }

  private basisOf(
    { environment, account: boundTo }: Caller,
    { rate_card: rateCard, account }: QuoteBody,
  ): Promise<Basis> {
    if (account && !rateCard) return this.ofAccount(environment, account);
    // What vendors charge isn't for the keys of customers.
    if (rateCard && !account) return this.ofRateCard(environment, rateCard, boundTo === null);
    throw invalidRequest([{ field: 'rate_card', message: 'must be given, or account in its place' }]);
  }

  private async ofRateCard(environment: string, id: string, seesCost: boolean): Promise<Basis> {
    const rateCard = rateCardIdOrNotFound(id);
    await this.rateCards.ensure([{ card: rateCard, version: 'current and later' }]);
    const card = this.rateCards.card(rateCard);
    if (card?.environment !== environment || !(card.purpose === 'price' || seesCost)) throw rateCardNotFound(id);
    const realNow = Date.now();
    const at = environment === LIVE ? realNow : (await this.clocks.read(environment)).now;
    const { version, prices } = this.pricesAt(rateCard, at, realNow);
    const terms = { prices, overrides: null, discount: ZERO };
    return { rateCard, version, unit: card.unit, terms, positions: NOTHING_USED, at };
  }

  private async ofAccount(environment: string, id: string): Promise<Basis> {
    const found = await this.accounts.findPricing(accountRef(environment, id));
    if (!found) throw accountNotFound(id);
    const { account, at, realNow, positions } = found;
    const { rateCard, discount, overrides } = account.terms;
    if (rateCard === null) throw new ProblemError(problemOfRefusal({ code: 'no_rate_card', account: id }));
    await this.rateCards.ensure([{ card: rateCard, version: 'current and later' }]);
    const { version, prices } = this.pricesAt(rateCard, at, realNow);
    const terms = { prices, overrides: overrides.length === 0 ? null : readPrices(overrides), discount };
    return { rateCard, version, unit: account.unit, terms, positions, at };
  }

  private pricesAt(rateCard: string, at: number, realNow: number): { version: number; prices: PriceList } {
    const version = this.rateCards.versionAt(rateCard, at, realNow);
    const prices = version === null ? null : this.rateCards.prices(rateCard, version);
    if (version === null || !prices) throw new Error(`the rate card ${rateCard} was not loaded`);
    return { version, prices };
  }
}

const NOTHING_USED: Positions = { used: () => ZERO, reserved: () => ZERO };

function unpriced(indexes: readonly number[]): ProblemError {
  const usage = [...new Set(indexes)];
  const detail = `No price matches what usage ${usage.join(', ')} states (counted from 0).`;
  return new ProblemError(problem('unpriced_usage', detail, { usage }));
}
