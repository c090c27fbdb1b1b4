import { Settings } from '#ledger-store';
import { Periods, type PeriodRefusal } from '#reports';
import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Environment } from '../auth/authenticate.ts';
import { Needs } from '../auth/needs.ts';
import { timeView } from '../lists/time-view.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { answerChange, changeRequestOf } from '../requests/change-requests.ts';
import { settingsView } from '../settings/settings.view.ts';
import { MONTH } from '../validation/month-rules.ts';
import { noFields } from '../validation/no-fields.ts';
import { periodView } from './period.view.ts';
import { ReopenBody } from './reopen.body.ts';

/** A proxy may give up a request after half a minute. */
const WAIT_MS = 20_000;

/** Months that are closed: what was reported of them stays. */
@Controller('v1/periods')
export class PeriodsController {
  constructor(
    private readonly periods: Periods,
    private readonly settings: Settings,
  ) {}

  @Get()
  @Needs('read')
  async list(@Environment() environment: string, @Query(noFields) _query: unknown) {
    const { timeZone } = this.settings.of(environment);
    const months = await this.periods.reader.list(environment, timeZone);
    return { data: months.map(periodView), next_cursor: null };
  }

  @Get(':period')
  @Needs('read')
  async find(@Environment() environment: string, @Param('period') period: string, @Query(noFields) _query: unknown) {
    return this.view(environment, monthOrNotFound(period));
  }

  @Post(':period/close')
  @Needs('admin')
  async close(
    @Environment() environment: string,
    @Param('period') period: string,
    @Body(noFields) _body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const month = monthOrNotFound(period);
    // To close a month again changes nothing, whatever the key: it is only checked.
    const { actor } = changeRequestOf(reply.request);
    const settings = this.settings.of(environment);
    const result = await this.periods.close(
      {
        environment,
        month,
        timeZone: settings.timeZone,
        settings: settingsView(settings),
        actor,
      },
      WAIT_MS,
    );
    if (!result.ok) throw refused(month, result.refusal);
    void reply.status(result.period.status === 'closed' ? 200 : 202).send(periodView(result.period));
  }

  @Post(':period/reopen')
  @Needs('admin')
  async reopen(
    @Param('period') period: string,
    @Body() { reason }: ReopenBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const month = monthOrNotFound(period);
    const body = { period: month, status: 'open', reason };
    const answer = { status: 200, body: JSON.stringify(body) };
    const result = await this.periods.reopen(changeRequestOf(reply.request), { month, reason }, answer);
    if (result === 'period_not_closed') throw refused(month, { code: result });
    answerChange(reply, result);
  }

  private async view(environment: string, month: string) {
    return periodView(await this.periods.reader.find(environment, this.settings.of(environment).timeZone, month));
  }
}

function monthOrNotFound(period: string): string {
  if (MONTH.test(period)) return period;
  throw new ProblemError(
    problem('period_not_found', `${period} is no month. Months are written like 2026-03.`, { period }),
  );
}

function refused(period: string, refusal: PeriodRefusal): ProblemError {
  switch (refusal.code) {
    case 'period_not_over': {
      const until = timeView(refusal.until);
      const detail = `The month ${period} ends at ${until}, and not every account’s clock is past that. Close it then.`;
      return new ProblemError(problem(refusal.code, detail, { period, ends_at: until }));
    }
    case 'period_out_of_order': {
      const detail = `Months are closed in their order: close ${refusal.next} first.`;
      return new ProblemError(problem(refusal.code, detail, { period, next: refusal.next }));
    }
    case 'period_not_closed':
      return new ProblemError(
        problem(refusal.code, `The month ${period} isn’t closed, so there is nothing to reopen.`, { period }),
      );
    case 'period_close_failed': {
      const detail = `The month ${period} was not closed: ${refusal.failure}`;
      return new ProblemError(problem(refusal.code, detail, { period, failure: refusal.failure }));
    }
  }
}
