import { RateCards, type Changed, type RateCardRefusal, type VersionedRateCard } from '#ledger-store';
import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { prefersHtml } from '../content/prefers-html.ts';
import { listView } from '../lists/list-view.ts';
import { pageRequest, PageQuery, VERSION_CURSOR } from '../lists/page-query.ts';
import { answerChange, changeRequestOf } from '../requests/change-requests.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { noFields } from '../validation/no-fields.ts';
import { mustBeInstant } from '../validation/rules.ts';
import { PRICE_PAGE_POLICY, pricePage } from './price-page.ts';
import { publicPricesView } from './public-prices.view.ts';
import { CreateRateCardBody, DEFAULT_PURPOSE, PublishVersionBody } from './rate-card.body.ts';
import { RateCardQuery } from './rate-card.query.ts';
import { rateCardArchived, rateCardIdOrNotFound, rateCardNotFound, versionNotFound } from './rate-card-ref.ts';
import { listedRateCardView, rateCardView, versionView } from './rate-card.view.ts';

/** What usage costs. */
@Controller('v1/rate-cards')
export class RateCardsController {
  constructor(private readonly rateCards: RateCards) {}

  @Post()
  @Needs('admin')
  async create(@Body() body: CreateRateCardBody, @Res() reply: FastifyReply): Promise<void> {
    const { name, unit, purpose, prices } = body;
    const terms = { name, unit, purpose: purpose ?? DEFAULT_PURPOSE, prices };
    answer(reply, await this.rateCards.create(changeRequestOf(reply.request), terms, shownAs(201)));
  }

  @Get()
  @Needs('read')
  async list(@Environment() environment: string, @Query() query: PageQuery) {
    return listView(await this.rateCards.list(environment, pageRequest(query)), listedRateCardView);
  }

  @Get(':id')
  @Needs('read')
  async find(@Environment() environment: string, @Param('id') id: string, @Query() query: RateCardQuery) {
    return rateCardView(await this.shown(environment, id, query));
  }

  /** What customers may see of it, so keys that are bound to an account may too. */
  @Get(':id/public')
  @Needs('read', 'authorize')
  @OfAccount('none')
  async showPublic(
    @Environment() environment: string,
    @Param('id') id: string,
    @Query() query: RateCardQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const shown = await this.shown(environment, id, query);
    if (shown.card.purpose !== 'price') throw rateCardNotFound(id);
    const view = publicPricesView(shown);
    void reply.header('vary', 'accept');
    if (prefersHtml(reply.request.headers.accept))
      void reply
        .headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PRICE_PAGE_POLICY })
        .send(pricePage(view));
    else void reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(view));
  }

  @Post(':id/versions')
  @Needs('admin')
  async publish(@Param('id') id: string, @Body() body: PublishVersionBody, @Res() reply: FastifyReply): Promise<void> {
    const { prices, effective_at: effectiveAt } = body;
    const added = {
      id: rateCardIdOrNotFound(id),
      prices,
      effectiveAt: effectiveAt ? mustBeInstant(effectiveAt) : null,
    };
    answer(reply, await this.rateCards.publish(changeRequestOf(reply.request), added, shownAs(201)), id);
  }

  @Get(':id/versions')
  @Needs('read')
  async listVersions(@Environment() environment: string, @Param('id') id: string, @Query() query: PageQuery) {
    const page = pageRequest(query, VERSION_CURSOR);
    const found = await this.rateCards.listVersions(environment, rateCardIdOrNotFound(id), page);
    if (!found) throw rateCardNotFound(id);
    return listView(found, versionView);
  }

  @Post(':id/archive')
  @Needs('admin')
  async archive(@Param('id') id: string, @Body(noFields) _body: unknown, @Res() reply: FastifyReply): Promise<void> {
    const request = changeRequestOf(reply.request);
    answer(reply, await this.rateCards.archive(request, rateCardIdOrNotFound(id), shownAs(200)), id);
  }

  private async shown(environment: string, id: string, query: RateCardQuery): Promise<VersionedRateCard> {
    const version = query.version === undefined ? null : Number(query.version);
    const uuid = rateCardIdOrNotFound(id);
    const shown = await this.rateCards.find(environment, uuid, version);
    if (shown) return shown;
    if (version !== null && (await this.rateCards.find(environment, uuid, null))) throw versionNotFound(id, version);
    throw rateCardNotFound(id);
  }
}

function shownAs(status: number) {
  return (shown: VersionedRateCard) => ({ status, body: JSON.stringify(rateCardView(shown)) });
}

function answer(reply: FastifyReply, result: Changed<RateCardRefusal>, id = ''): void {
  if (result === 'rate_card_not_found') throw rateCardNotFound(id);
  if (result === 'rate_card_archived') throw rateCardArchived(id);
  if (result === 'version_never_effective') throw invalidRequest([NEVER_EFFECTIVE]);
  answerChange(reply, result);
}

const NEVER_EFFECTIVE = {
  field: 'effective_at',
  message: 'must not be before the version in effect took effect: the new one would never apply',
};
