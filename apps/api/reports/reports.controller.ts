import { Settings, UsageMarginReport } from '#ledger-store';
import { Controller, Get, Query } from '@nestjs/common';
import { Environment } from '../auth/authenticate.ts';
import { Needs } from '../auth/needs.ts';
import { askedOf, UsageMarginQuery } from './usage-margin.query.ts';
import { usageMarginView } from './usage-margin.view.ts';

/** What an operator earns. Keys that are bound to an account never see it. */
@Controller('v1/reports')
export class ReportsController {
  constructor(
    private readonly usageMargin: UsageMarginReport,
    private readonly settings: Settings,
  ) {}

  @Get('usage-margin')
  @Needs('read')
  async showUsageMargin(@Environment() environment: string, @Query() query: UsageMarginQuery) {
    const { currency: paidCurrency, pricePerCredit } = this.settings.of(environment);
    const { column, currency, ...asked } = askedOf(query, Date.now());
    const request = { ...asked, environment, currency: currency ?? paidCurrency, paidCurrency, pricePerCredit };
    return usageMarginView(await this.usageMargin.read(request), request, column);
  }
}
