import { accountKey, LIVE } from '#ledger';
import { TestClocks, type AdvanceOutcome, type Rendered } from '#ledger-store';
import { Body, Controller, Delete, Get, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Environment } from '../auth/authenticate.ts';
import { Needs } from '../auth/needs.ts';
import { problemOfRefusal } from '../problems/problem-of-refusal.ts';
import { problem, ProblemError, type Problem } from '../problems/problem.ts';
import { actorOf } from '../requests/actor.ts';
import { idempotencyKeyIn } from '../requests/idempotency-key.ts';
import { sendAnswer } from '../requests/send-answer.ts';
import { noFields } from '../validation/no-fields.ts';
import { AdvanceBody, AHEAD_SECONDS_MAX } from './advance.body.ts';
import { testClockView } from './test-clock.view.ts';

/** The time of an environment that isn't `live`. */
@Controller('v1/test-clock')
export class TestClockController {
  constructor(private readonly clocks: TestClocks) {}

  @Get()
  @Needs('read')
  async read(@Environment() environment: string, @Query(noFields) _query: unknown) {
    mustHaveTestClock(environment);
    return testClockView(environment, await this.clocks.read(environment));
  }

  /** Expiries, holds and everything else that time does happen as if so much of it had passed. */
  @Post('advance')
  @Needs('admin')
  async advance(
    @Environment() environment: string,
    @Body() { seconds }: AdvanceBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    mustHaveTestClock(environment);
    const key = idempotencyKeyIn(reply.request, environment, { scope: clockScope(environment), forever: false });
    const render = (outcome: AdvanceOutcome): Rendered => renderAdvance(environment, seconds, outcome);
    sendAnswer(
      reply,
      await this.clocks.advance({
        environment,
        milliseconds: seconds * 1000,
        actor: actorOf(reply.request),
        key,
        render,
      }),
    );
  }

  /** Real time again, for accounts that are made from now on. */
  @Delete()
  @Needs('admin')
  async reset(@Environment() environment: string, @Body(noFields) _body: unknown, @Req() request: FastifyRequest) {
    mustHaveTestClock(environment);
    return testClockView(environment, await this.clocks.reset(environment, actorOf(request)));
  }
}

function mustHaveTestClock(environment: string): void {
  if (environment !== LIVE) return;
  const detail = 'The time of the environment live is real time. Use the key of another environment.';
  throw new ProblemError(problem('live_clock_fixed', detail));
}

/** Keys of a clock are kept apart from those of accounts: no account's id has a space. */
function clockScope(environment: string): string {
  return accountKey(environment, 'test clock');
}

function renderAdvance(environment: string, seconds: number, outcome: AdvanceOutcome): Rendered {
  if (outcome.ok) return { status: 200, body: JSON.stringify(testClockView(environment, outcome)) };
  const refusal = problemOf(outcome.code, seconds);
  return { status: refusal.status, body: JSON.stringify(refusal) };
}

function problemOf(code: Extract<AdvanceOutcome, { ok: false }>['code'], seconds: number): Problem {
  if (code === 'idempotency_key_reused') return problemOfRefusal({ code });
  const detail = `${seconds} more seconds would put the clock more than ${AHEAD_SECONDS_MAX} s, ten years, ahead of real time. It was not advanced.`;
  return problem(code, detail, { limit_seconds: AHEAD_SECONDS_MAX });
}
