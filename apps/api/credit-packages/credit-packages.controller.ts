import { Amount, ZERO } from '#amounts';
import {
  CreditPackages,
  type Changed,
  type CreditPackage,
  type CreditPackageRefusal,
  type CreditPackageTerms,
} from '#ledger-store';
import { Body, Controller, Get, Param, Patch, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Environment } from '../auth/authenticate.ts';
import { Needs } from '../auth/needs.ts';
import { listView } from '../lists/list-view.ts';
import { pageRequest, PageQuery } from '../lists/page-query.ts';
import { answerChange, changeRequestOf } from '../requests/change-requests.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { NEVER, type ExpiresAfter } from '../validation/expires-after.ts';
import { noFields } from '../validation/no-fields.ts';
import { CHARGEABLE } from '../validation/price.ts';
import { creditPackageIdOrNotFound, creditPackageNotFound } from './credit-package-ref.ts';
import {
  CreateCreditPackageBody,
  EXPIRES_AFTER_DEFAULT,
  PRIORITY_DEFAULT,
  UpdateCreditPackageBody,
} from './credit-package.body.ts';
import { creditPackageView } from './credit-package.view.ts';

/** What is for sale. */
@Controller('v1/credit-packages')
export class CreditPackagesController {
  constructor(private readonly packages: CreditPackages) {}

  @Post()
  @Needs('admin')
  async create(@Body() body: CreateCreditPackageBody, @Res() reply: FastifyReply): Promise<void> {
    const terms: CreditPackageTerms = {
      name: body.name,
      credits: new Amount(body.credits),
      bonusCredits: body.bonus_credits ? new Amount(body.bonus_credits) : ZERO,
      price: new Amount(body.price),
      currency: body.currency.toUpperCase(),
      expiresAfterSeconds: secondsOf(body.expires_after ?? EXPIRES_AFTER_DEFAULT),
      priority: body.priority ?? PRIORITY_DEFAULT,
    };
    answer(reply, await this.packages.create(changeRequestOf(reply.request), terms, shownAs(201)));
  }

  @Get()
  @Needs('read')
  async list(@Environment() environment: string, @Query() query: PageQuery) {
    return listView(await this.packages.list(environment, pageRequest(query)), creditPackageView);
  }

  @Get(':id')
  @Needs('read')
  async find(@Environment() environment: string, @Param('id') id: string, @Query(noFields) _query: unknown) {
    const found = await this.packages.find(environment, creditPackageIdOrNotFound(id));
    if (!found) throw creditPackageNotFound(id);
    return creditPackageView(found);
  }

  @Patch(':id')
  @Needs('admin')
  async update(
    @Param('id') id: string,
    @Body() body: UpdateCreditPackageBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const changed = { terms: givenTerms(body), archived: body.archived ?? null };
    const request = changeRequestOf(reply.request);
    answer(reply, await this.packages.update(request, creditPackageIdOrNotFound(id), changed, shownAs(200)), id);
  }
}

function givenTerms(body: UpdateCreditPackageBody): Partial<CreditPackageTerms> {
  const { name, credits, bonus_credits, price, currency, expires_after, priority } = body;
  return {
    ...(name ? { name } : {}),
    ...(credits ? { credits: new Amount(credits) } : {}),
    ...(bonus_credits ? { bonusCredits: new Amount(bonus_credits) } : {}),
    ...(price ? { price: new Amount(price) } : {}),
    ...(currency ? { currency: currency.toUpperCase() } : {}),
    ...(expires_after ? { expiresAfterSeconds: secondsOf(expires_after) } : {}),
    ...(typeof priority === 'number' ? { priority } : {}),
  };
}

function secondsOf(expiresAfter: ExpiresAfter): number | null {
  return expiresAfter === NEVER ? null : expiresAfter;
}

function shownAs(status: number) {
  return (shown: CreditPackage) => ({ status, body: JSON.stringify(creditPackageView(shown)) });
}

function answer(reply: FastifyReply, result: Changed<CreditPackageRefusal>, id = ''): void {
  if (result === 'credit_package_not_found') throw creditPackageNotFound(id);
  if (result === 'price_not_chargeable') throw invalidRequest([{ field: 'price', message: CHARGEABLE }]);
  answerChange(reply, result);
}
