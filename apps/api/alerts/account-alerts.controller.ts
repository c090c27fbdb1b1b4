import { alertsOf } from '#ledger';
import { AccountReader, AlertDefaults } from '#ledger-store';
import { Body, Controller, Get, Param, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { accountNotFound, accountRef } from '../accounts/account-ref.ts';
import { Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { LedgerRequests } from '../requests/ledger-requests.ts';
import { noFields } from '../validation/no-fields.ts';
import { givenRules } from './alert-rules.ts';
import { AlertsBody } from './alerts.body.ts';
import { accountAlertsView } from './alerts.view.ts';

/** When somebody is to be told of an account's balance. */
@Controller('v1/accounts/:id/alerts')
export class AccountAlertsController {
  constructor(
    private readonly ledger: LedgerRequests,
    private readonly accounts: AccountReader,
    private readonly defaults: AlertDefaults,
  ) {}

  @Get()
  @Needs('read')
  @OfAccount('path')
  async read(@Environment() environment: string, @Param('id') id: string, @Query(noFields) _query: unknown) {
    const found = await this.accounts.find(accountRef(environment, id));
    if (!found) throw accountNotFound(id);
    const state = { account: found.account, posted: found.balance.posted };
    return accountAlertsView(alertsOf({ rules: { alertRules: this.defaults.rules } }, state));
  }

  /** What isn't given follows the environment. */
  @Put()
  @Needs('admin')
  set(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body() body: AlertsBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const command = { type: 'set_alerts', account: accountRef(environment, id), rules: givenRules(body) } as const;
    return this.ledger.run(reply, command, (decision) => ({ status: 200, view: accountAlertsView(decision) }));
  }
}
