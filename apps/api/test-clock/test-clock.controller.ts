import { accountKey, LIVE } from '#ledger';
import { TestClocks, type ChangeAnswer, type ChangeRequest, type ClockTime } from '#ledger-store';
import { Body, Controller, Delete, Get, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf, Environment } from '../auth/authenticate.ts';
import { Needs } from '../auth/needs.ts';
import { problemOfRefusal } from '../problems/problem-of-refusal.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { actorOf } from '../requests/actor.ts';
import { answerChange, changeRequestOf } from '../requests/change-requests.ts';
import { idempotencyKeyIn } from '../requests/idempotency-key.ts';
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
    const request = advanceRequestOf(reply.request);
    const result = await this.clocks.advance(request, seconds * 1000, answerClock(environment));
    if (result === 'test_clock_too_far') throw clockTooFar(seconds);
    // Said as of any command: its key is kept as a command's is.
    if (result === 'idempotency_key_reused') throw new ProblemError(problemOfRefusal({ code: result }));
    answerChange(reply, result);
  }

  /** Real time again, for accounts that are made from now on. */
  @Delete()
  @Needs('admin')
  async reset(
    @Environment() environment: string,
    @Body(noFields) _body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    mustHaveTestClock(environment);
    answerChange(reply, await this.clocks.reset(changeRequestOf(reply.request), answerClock(environment)));
  }
}

function mustHaveTestClock(environment: string): void {
  if (environment !== LIVE) return;
  const detail = 'The time of the environment live is real time. Use the key of another environment.';
  throw new ProblemError(problem('live_clock_fixed', detail));
}

/** Its answer holds no secret, so it is the same for any key of the environment. */
function advanceRequestOf(request: FastifyRequest): ChangeRequest {
  const { environment } = callerOf(request);
  // Keys of a clock are kept apart from those of accounts: no account's id has a space.
  const key = idempotencyKeyIn(request, environment, {
    scope: accountKey(environment, 'test clock'),
    forever: false,
  });
  return { environment, actor: actorOf(request), key: key && { ...key, secret: null } };
}

function answerClock(environment: string): (clock: ClockTime) => ChangeAnswer {
  return (clock) => ({ status: 200, body: JSON.stringify(testClockView(environment, clock)) });
}

function clockTooFar(seconds: number): ProblemError {
  const detail = `${seconds} more seconds would put the clock more than ${AHEAD_SECONDS_MAX} s, ten years, ahead of real time. It was not advanced.`;
  return new ProblemError(problem('test_clock_too_far', detail, { limit_seconds: AHEAD_SECONDS_MAX }));
}
