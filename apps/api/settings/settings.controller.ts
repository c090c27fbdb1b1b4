import { Amount } from '#amounts';
import { parsePublicId } from '#ledger';
import {
  DEFAULT_SETTINGS,
  RateCardMirror,
  Settings,
  splitFrom,
  type Changed,
  type EnvironmentSettings,
  type SettingsRefusal,
} from '#ledger-store';
import { Body, Controller, Get, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Environment } from '../auth/authenticate.ts';
import { Needs } from '../auth/needs.ts';
import { ProblemError } from '../problems/problem.ts';
import { rateCardArchived, rateCardNotFound, rateCardPurposeDiffers } from '../rate-cards/rate-card-ref.ts';
import { answerChange, changeRequestOf } from '../requests/change-requests.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { noFields } from '../validation/no-fields.ts';
import { splitsFaults } from './chargeback-split.body.ts';
import { SettingsBody } from './settings.body.ts';
import { settingsView } from './settings.view.ts';

/** What holds for a whole environment. */
@Controller('v1/settings')
export class SettingsController {
  constructor(
    private readonly settings: Settings,
    private readonly rateCards: RateCardMirror,
  ) {}

  @Get()
  @Needs('read')
  read(@Environment() environment: string, @Query(noFields) _query: unknown) {
    return settingsView(this.settings.of(environment));
  }

  @Put()
  @Needs('admin')
  async set(@Body() body: SettingsBody, @Res() reply: FastifyReply): Promise<void> {
    const faults = splitsFaults(body.chargeback_splits ?? []);
    if (faults.length > 0) throw invalidRequest(faults);
    const settings = givenSettings(body);
    const answer = { status: 200, body: JSON.stringify(settingsView(settings)) };
    const result = await this.settings.set(changeRequestOf(reply.request), settings, answer);
    if (isRefusal(result)) throw REFUSED[result](body.cost_card ?? '');
    // It knows which card says what usage costs.
    await this.rateCards.noticeChange();
    answerChange(reply, result);
  }
}

function givenSettings(body: SettingsBody): EnvironmentSettings {
  const {
    time_zone,
    currency,
    price_per_credit,
    cost_card,
    economize_from,
    model_hint,
    chargeback_splits,
    reported_tags,
  } = body;
  return {
    timeZone: time_zone ?? DEFAULT_SETTINGS.timeZone,
    currency: currency?.toUpperCase() ?? DEFAULT_SETTINGS.currency,
    pricePerCredit: price_per_credit ? new Amount(price_per_credit) : DEFAULT_SETTINGS.pricePerCredit,
    costCard: cost_card ? parsePublicId('rateCard', cost_card) : DEFAULT_SETTINGS.costCard,
    economizeFrom: economize_from ?? DEFAULT_SETTINGS.economizeFrom,
    modelHint: model_hint ?? DEFAULT_SETTINGS.modelHint,
    breakageMethod: body.breakage_method ?? DEFAULT_SETTINGS.breakageMethod,
    breakageRates: Object.fromEntries(
      Object.entries(body.breakage_rates ?? {}).map(([month, rate]) => [month, new Amount(rate)]),
    ),
    chargebackSplits: chargeback_splits?.map(splitFrom) ?? DEFAULT_SETTINGS.chargebackSplits,
    reportedTags: reported_tags ?? DEFAULT_SETTINGS.reportedTags,
  };
}

const REFUSED: Record<SettingsRefusal, (rateCard: string) => ProblemError> = {
  rate_card_not_found: rateCardNotFound,
  rate_card_archived: rateCardArchived,
  rate_card_purpose_differs: (rateCard) => rateCardPurposeDiffers(rateCard, 'cost'),
};

function isRefusal(result: Changed<SettingsRefusal>): result is SettingsRefusal {
  return typeof result === 'string' && result in REFUSED;
}
