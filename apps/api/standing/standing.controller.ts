import { Settings, StandingReader } from '#ledger-store';
import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { accountNotFound, accountRef } from '../accounts/account-ref.ts';
import { callerOf } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { spenderIn, StandingQuery } from './standing.query.ts';
import { standingView } from './standing.view.ts';

/** How an account stands, so that clients save before they are refused. */
@Controller('v1/accounts/:id/standing')
export class StandingController {
  constructor(
    private readonly standings: StandingReader,
    private readonly settings: Settings,
  ) {}

  @Get()
  @Needs('read', 'authorize')
  @OfAccount('path')
  async find(@Param('id') id: string, @Query() query: StandingQuery, @Req() request: FastifyRequest) {
    const { environment, keyId, account } = callerOf(request);
    const standing = await this.standings.find(accountRef(environment, id), spenderIn(query, keyId));
    if (!standing) throw accountNotFound(id);
    return standingView(standing, this.settings.of(environment), { seesEnvironment: account === null });
  }
}
