import { effectiveRules } from '#ledger';
import { AlertDefaults } from '#ledger-store';
import { Body, Controller, Get, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Environment } from '../auth/authenticate.ts';
import { Needs } from '../auth/needs.ts';
import { answerChange, changeRequestOf } from '../requests/change-requests.ts';
import { noFields } from '../validation/no-fields.ts';
import { givenRules } from './alert-rules.ts';
import { AlertsBody } from './alerts.body.ts';
import { alertRulesView } from './alerts.view.ts';

/** The alert rules of accounts that have none of their own. */
@Controller('v1/alerts')
export class AlertsController {
  constructor(private readonly defaults: AlertDefaults) {}

  @Get()
  @Needs('read')
  read(@Environment() environment: string, @Query(noFields) _query: unknown) {
    return alertRulesView(this.defaults.of(environment));
  }

  /** What isn't given is as it was at first. */
  @Put()
  @Needs('admin')
  async set(@Body() body: AlertsBody, @Res() reply: FastifyReply): Promise<void> {
    const rules = effectiveRules(givenRules(body));
    const answer = { status: 200, body: JSON.stringify(alertRulesView(rules)) };
    answerChange(reply, await this.defaults.set(changeRequestOf(reply.request), rules, answer));
  }
}
