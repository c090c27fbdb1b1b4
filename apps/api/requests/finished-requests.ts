import type { Caller } from '#access';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { knownCallerOf } from '../auth/authenticate.ts';

/** A span of time by `performance.now()`. */
interface Times {
  readonly startedAt: number;
  readonly endedAt: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The code of the problem it was answered with. */
    problem: string | null;
    /** What kept us from answering it as it should have been. */
    fault: unknown;
    /** When the ledger was asked, and when it had decided. */
    ledgerTimes: Times | null;
  }
}

/**
 * A request that has been answered, as it is logged, counted and traced. Of its headers it tells the trace, of its body and
 * query nothing. Every request has one, so what only few are asked for is looked up when they are.
 */
export class FinishedRequest implements Times {
  /** The pattern of its path, `/v1/accounts/:id`; `unknown` where no operation has it. */
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly endedAt: number;

  constructor(
    private readonly request: FastifyRequest,
    reply: FastifyReply,
  ) {
    this.route = request.routeOptions.url ?? 'unknown';
    this.status = reply.statusCode;
    this.milliseconds = reply.elapsedTime;
    this.endedAt = performance.now();
  }

  get startedAt(): number {
    return this.endedAt - this.milliseconds;
  }

  get id(): string {
    return this.request.id;
  }

  get method(): string {
    return this.request.method;
  }

  /** Where it came from: as a trusted proxy tells, or else whoever has connected. */
  get address(): string {
    return this.request.ip;
  }

  /** Whose key it was; null for a stranger. */
  get caller(): Caller | null {
    return knownCallerOf(this.request);
  }

  get problem(): string | null {
    return this.request.problem;
  }

  get fault(): unknown {
    return this.request.fault;
  }

  get ledgerTimes(): Times | null {
    return this.request.ledgerTimes;
  }

  /** The W3C trace that it belongs to, as its caller says. */
  get traceParent(): string | null {
    const { traceparent } = this.request.headers;
    return typeof traceparent === 'string' ? traceparent : null;
  }
}

/** Is told of every request that was answered: to count it, log it, trace it. */
export interface RequestWatcher {
  requestFinished(request: FinishedRequest): void;
}

export function observeRequests(fastify: FastifyInstance, watchers: readonly RequestWatcher[]): void {
  fastify.decorateRequest('problem', null);
  fastify.decorateRequest('fault', null);
  fastify.decorateRequest('ledgerTimes', null);
  fastify.addHook('onResponse', (request, reply, done) => {
    if (request.routeOptions.config.isStream && reply.statusCode === 200) {
      done();
      return;
    }
    const finished = new FinishedRequest(request, reply);
    for (const watcher of watchers) watcher.requestFinished(finished);
    done();
  });
}
