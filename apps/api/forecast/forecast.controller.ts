import { forecastJson, ForecastReader } from '#reports';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { accountNotFound, accountRef } from '../accounts/account-ref.ts';
import { Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { noFields } from '../validation/no-fields.ts';

/** When an account's credits run out. */
@Controller('v1/accounts/:id/forecast')
export class ForecastController {
  constructor(private readonly forecasts: ForecastReader) {}

  @Get()
  @Needs('read')
  @OfAccount('path')
  async find(@Environment() environment: string, @Param('id') id: string, @Query(noFields) _query: unknown) {
    const found = await this.forecasts.find(accountRef(environment, id));
    if (!found) throw accountNotFound(id);
    return forecastJson(found);
  }
}
