import { ownRulesFrom, rulesStanding } from '#ledger';
import { AccountReader, RuleDefaults } from '#ledger-store';
import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { accountNotFound, accountRef } from '../accounts/account-ref.ts';
import { Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { LedgerRequests } from '../requests/ledger-requests.ts';
import { noFields } from '../validation/no-fields.ts';
import { AccountRulesBody, ResumeUsageBody } from './rules.body.ts';
import { accountRulesView } from './rules.view.ts';

/** An account's rules against usage that runs away. */
@Controller('v1/accounts/:id/rules')
export class AccountRulesController {
  constructor(
    private readonly ledger: LedgerRequests,
    private readonly accounts: AccountReader,
    private readonly defaults: RuleDefaults,
  ) {}

  @Get()
  @Needs('read')
  @OfAccount('path')
  async read(@Environment() environment: string, @Param('id') id: string, @Query(noFields) _query: unknown) {
    const found = await this.accounts.find(accountRef(environment, id));
    if (!found) throw accountNotFound(id);
    const rules = { rules: { defaultRules: this.defaults.rules } };
    return accountRulesView(rulesStanding(rules, found.account, found.asOf));
  }

  /** What isn't given follows the environment. */
  @Put()
  @Needs('admin')
  set(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body() body: AccountRulesBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const command = { type: 'set_rules', account: accountRef(environment, id), rules: ownRulesFrom(body) } as const;
    return this.ledger.run(reply, command, (decision) => ({ status: 200, view: accountRulesView(decision) }));
  }

  /** Ends throttles and suspensions by rules. */
  @Post('resume')
  @HttpCode(200)
  @Needs('admin')
  resume(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body() { tag = null, value = null }: ResumeUsageBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const command = { type: 'resume_usage', account: accountRef(environment, id), tag, value } as const;
    return this.ledger.run(reply, command, (decision) => ({ status: 200, view: accountRulesView(decision) }));
  }
}
