import { environmentRulesFrom } from '#ledger';
import { RuleDefaults } from '#ledger-store';
import { Body, Controller, Get, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Environment } from '../auth/authenticate.ts';
import { Needs } from '../auth/needs.ts';
import { answerChange, changeRequestOf } from '../requests/change-requests.ts';
import { noFields } from '../validation/no-fields.ts';
import { RulesBody } from './rules.body.ts';
import { rulesView } from './rules.view.ts';

/** The rules of accounts that have none of their own. */
@Controller('v1/rules')
export class RulesController {
  constructor(private readonly defaults: RuleDefaults) {}

  @Get()
  @Needs('read')
  read(@Environment() environment: string, @Query(noFields) _query: unknown) {
    return rulesView(this.defaults.of(environment));
  }

  /** What isn't given is taken away. */
  @Put()
  @Needs('admin')
  async set(@Body() body: RulesBody, @Res() reply: FastifyReply): Promise<void> {
    const rules = environmentRulesFrom(body);
    const answer = { status: 200, body: JSON.stringify(rulesView(rules)) };
    answerChange(reply, await this.defaults.set(changeRequestOf(reply.request), rules, answer));
  }
}
