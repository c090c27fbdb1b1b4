import { amountOrNull } from '#amounts';
import type { AccountDecision, AccountRef } from '#ledger';
import { AccountReader, RateCardMirror } from '#ledger-store';
import { Body, Controller, Get, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { listView } from '../lists/list-view.ts';
import { ACCOUNT_CURSOR, pageRequest } from '../lists/page-query.ts';
import { givenCard, type GivenCard } from '../rate-cards/given-card.ts';
import { LedgerRequests } from '../requests/ledger-requests.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { noFields } from '../validation/no-fields.ts';
import { parseInstant } from '../validation/rules.ts';
import { accountNotFound, accountRef, mustBeNewAccountId } from './account-ref.ts';
import { createAccountCommand, getOrCreateAccountCommand, updateAccountCommand } from './account-commands.ts';
import { BalanceQuery } from './balance.query.ts';
import {
  AccountTermsBody,
  CloseAccountBody,
  CreateAccountBody,
  DEFAULT_REMAINDER,
  GetOrCreateAccountBody,
  WriteOffBody,
} from './account.body.ts';
import { accountFilter, AccountQuery } from './account.query.ts';
import { accountView, balanceView } from './account.view.ts';

@Controller('v1/accounts')
export class AccountsController {
  constructor(
    private readonly ledger: LedgerRequests,
    private readonly accounts: AccountReader,
    private readonly rateCards: RateCardMirror,
  ) {}

  @Post()
  @Needs('admin')
  async create(
    @Environment() environment: string,
    @Body() body: CreateAccountBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const card = await this.cardOf(environment, body);
    return this.ledger.run(reply, createAccountCommand(environment, body, card), (decision) => ({
      status: decision.created ? 201 : 200,
      view: accountView(decision),
    }));
  }

  @Get()
  @Needs('read')
  async list(@Environment() environment: string, @Query() query: AccountQuery) {
    const page = await this.accounts.list(environment, accountFilter(query), pageRequest(query, ACCOUNT_CURSOR));
    return listView(page, accountView);
  }

  @Get(':id')
  @Needs('read')
  @OfAccount('path')
  async find(@Environment() environment: string, @Param('id') id: string, @Query(noFields) _query: unknown) {
    return accountView(await this.reading(environment, id));
  }

  /** Get or create. */
  @Put(':id')
  @Needs('admin')
  async put(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body() body: GetOrCreateAccountBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    mustBeNewAccountId(id);
    const command = getOrCreateAccountCommand(accountRef(environment, id), body, await this.cardOf(environment, body));
    return this.ledger.run(reply, command, (decision) => ({
      status: decision.created ? 201 : 200,
      view: accountView(decision),
    }));
  }

  @Patch(':id')
  @Needs('admin')
  async update(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body() body: AccountTermsBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const command = updateAccountCommand(accountRef(environment, id), body, await this.cardOf(environment, body));
    return this.ledger.run(reply, command, (decision) => ({
      status: 200,
      view: accountView(decision),
    }));
  }

  /** Declines every new authorization; commits still land. */
  @Post(':id/suspend')
  @Needs('admin')
  suspend(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body(noFields) _body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.setStatus(reply, accountRef(environment, id), 'suspended');
  }

  @Post(':id/resume')
  @Needs('admin')
  resume(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body(noFields) _body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.setStatus(reply, accountRef(environment, id), 'active');
  }

  @Post(':id/close')
  @Needs('admin')
  close(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body() body: CloseAccountBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const remainder = body.remainder ?? DEFAULT_REMAINDER;
    const command = { type: 'close_account', account: accountRef(environment, id), remainder } as const;
    return this.ledger.run(reply, command, (decision) => ({ status: 200, view: accountView(decision) }));
  }

  @Post(':id/write-off')
  @Needs('admin')
  writeOff(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body() { amount, reason }: WriteOffBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const command = {
      type: 'write_off',
      account: accountRef(environment, id),
      amount: amountOrNull(amount ?? null),
      reason,
    } as const;
    return this.ledger.run(reply, command, (decision) => ({ status: 200, view: accountView(decision) }));
  }

  /** Erases the personal data of a closed account. A worker completes it. */
  @Post(':id/erase')
  @Needs('admin')
  erase(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body(noFields) _body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const command = { type: 'erase_account', account: accountRef(environment, id) } as const;
    return this.ledger.run(reply, command, (decision) => ({ status: 200, view: accountView(decision) }));
  }

  @Get(':id/balance')
  @Needs('read', 'authorize')
  @OfAccount('path')
  async balance(@Environment() environment: string, @Param('id') id: string, @Query() { at }: BalanceQuery) {
    const instant = parseInstant(at);
    if (instant === null) return balanceView(await this.reading(environment, id));
    const reading = await this.accounts.findAt(accountRef(environment, id), instant);
    if (reading === 'future') throw invalidRequest([{ field: 'at', message: 'must not lie in the future' }]);
    if (!reading) throw accountNotFound(id);
    return balanceView(reading);
  }

  private cardOf(environment: string, { rate_card: id }: AccountTermsBody): Promise<GivenCard | null> {
    return givenCard(this.rateCards, environment, id ?? null);
  }

  private setStatus(reply: FastifyReply, account: AccountRef, status: 'active' | 'suspended'): Promise<void> {
    const command = { type: 'set_account_status', account, status } as const;
    return this.ledger.run(reply, command, (decision) => ({ status: 200, view: accountView(decision) }));
  }

  private async reading(environment: string, id: string): Promise<AccountDecision> {
    const reading = await this.accounts.find(accountRef(environment, id));
    if (!reading) throw accountNotFound(id);
    return reading;
  }
}
