import type { AccountRef, Command, CommandType, Decisions, Outcome, RefusedOutcome, Standing } from '#ledger';
import { Engine, isAudited, KeptAnswers, Settings, type Rendered } from '#ledger-store';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { callerOf } from '../auth/authenticate.ts';
import { Metrics } from '../metrics/metrics.ts';
import { problemOfRefusal } from '../problems/problem-of-refusal.ts';
import { ProblemError } from '../problems/problem.ts';
import { standingHeaders } from '../standing/standing.view.ts';
import { actorOf } from './actor.ts';
import { idempotencyKeyIn, idempotencyKeyOf } from './idempotency-key.ts';
import { sendAnswer } from './send-answer.ts';

/** What a decision is answered with. */
export interface Success {
  readonly status: number;
  readonly view: object;
}

type RefusalFields = (refused: RefusedOutcome) => Readonly<Record<string, unknown>>;

/** The way of every request that changes the books: a command with the request's key goes to the engine, the answer to the client. */
@Injectable()
export class LedgerRequests {
  constructor(
    private readonly engine: Engine,
    private readonly metrics: Metrics,
    private readonly settings: Settings,
    private readonly kept: KeptAnswers,
  ) {}

  /**
   * @param reply answers the request it belongs to
   * @param refusalFields what a refusal's problem carries beside its own figures
   */
  async run<T extends CommandType>(
    reply: FastifyReply,
    asked: Command<T>,
    succeed: (decision: Decisions[T]) => Success,
    refusalFields: RefusalFields = () => ({}),
  ): Promise<void> {
    const { request } = reply;
    const { environment, keyId, account } = callerOf(request);
    const command = { ...asked, keyId };
    // The command's type is one of all types; only the engine's queue has to know which.
    const key = idempotencyKeyOf(request, environment, command as Command);
    // A batch may be decided more than once. What was decided last is what was written.
    const last: { outcome: Outcome<Decisions[T]> | null; standing: Standing | null } = {
      outcome: null,
      standing: null,
    };
    const render = (outcome: Outcome<Decisions[T]>, standing: () => Standing | null): Rendered => {
      last.outcome = outcome;
      last.standing = standing();
      if (!outcome.ok) return renderRefusal(command.type, outcome, refusalFields);
      const { status, view } = succeed(outcome.value);
      return { status, body: JSON.stringify(view) };
    };
    const actor = isAudited(command.type) ? actorOf(request) : undefined;
    const startedAt = performance.now();
    const answer = await this.engine.submit<T>({ command, key, render, actor, length: request.bodyText.length });
    request.ledgerTimes = { startedAt, endedAt: performance.now() };
    this.metrics.decided(command.type, answer.replayed ? null : last.outcome);
    if (last.standing && !answer.replayed) {
      const viewer = { seesEnvironment: account === null };
      reply.headers(standingHeaders(last.standing, this.settings.of(environment), viewer));
    }
    sendAnswer(reply, answer, key !== null);
  }

  /**
   * Answers a request as it was answered before under its key, where it can't become a command any more: what it names has changed since.
   *
   * @returns whether there was such an answer
   * @throws {ProblemError} `idempotency_key_reused`
   */
  async replay(reply: FastifyReply, account: AccountRef): Promise<boolean> {
    const { environment, key: scope } = account;
    const key = idempotencyKeyIn(reply.request, environment, { scope, forever: true });
    const answer = key && (await this.kept.find(key));
    if (answer === null) return false;
    if (answer === 'idempotency_key_reused') throw new ProblemError(problemOfRefusal({ code: answer }));
    sendAnswer(reply, answer, true);
    return true;
  }
}

function renderRefusal(command: CommandType, outcome: RefusedOutcome, refusalFields: RefusalFields): Rendered {
  const problem = problemOfRefusal(outcome.refusal, command);
  return { status: problem.status, body: JSON.stringify({ ...problem, ...refusalFields(outcome) }) };
}
