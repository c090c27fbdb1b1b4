import type { FastifyInstance } from 'fastify';
import { callerOf } from '../auth/authenticate.ts';
import { problem, ProblemError } from '../problems/problem.ts';

/** More than any displays need of one process, and no more than it can keep up with. */
const STREAMS_MAX = 1000;
/** So that one program leaves room for others. */
const STREAMS_PER_KEY_MAX = 500;
/** So that a customer leaves room for others, with however many keys of its own. */
const STREAMS_PER_BOUND_ACCOUNT_MAX = 20;
/** So that a test never takes the room of what is real. */
const STREAMS_PER_TEST_ENVIRONMENT_MAX = 250;
const RETRY_AFTER = { 'retry-after': '5' };

interface OpenStream {
  readonly keyId: string;
  readonly environment: string;
  /** The account that the key is bound to, if any. */
  readonly account: string | null;
}

/** Bounds how many streams are open at once, in the process and for each caller, before anything is read for one more. */
export function limitStreams(fastify: FastifyInstance): void {
  const open = new Set<OpenStream>();
  fastify.addHook('onRequest', (request, reply, done) => {
    // Who has gone meanwhile closes nothing any more, and would keep its place for ever.
    if (!request.routeOptions.config.isStream || reply.raw.closed) {
      done();
      return;
    }
    const { keyId, environment, account } = callerOf(request);
    const stream = { keyId, environment, account };
    const refusal = refusalOf(stream, open);
    if (refusal) {
      done(refusal);
      return;
    }
    open.add(stream);
    reply.raw.once('close', () => open.delete(stream));
    done();
  });
}

/** Why one more stream isn't opened; null where it is. */
function refusalOf({ keyId, environment, account }: OpenStream, open: ReadonlySet<OpenStream>): ProblemError | null {
  if (open.size >= STREAMS_MAX) return processIsFull();
  const all = [...open];
  if (all.filter((one) => one.keyId === keyId).length >= STREAMS_PER_KEY_MAX)
    return tooMany('This API key', STREAMS_PER_KEY_MAX);
  const ofEnvironment = all.filter((one) => one.environment === environment);
  const ofAccount = account === null ? [] : ofEnvironment.filter((one) => one.account === account);
  if (ofAccount.length >= STREAMS_PER_BOUND_ACCOUNT_MAX)
    return tooMany('The account of this API key', STREAMS_PER_BOUND_ACCOUNT_MAX);
  if (environment !== 'live' && ofEnvironment.length >= STREAMS_PER_TEST_ENVIRONMENT_MAX)
    return tooMany(`The environment ${environment}`, STREAMS_PER_TEST_ENVIRONMENT_MAX);
  return null;
}

function processIsFull(): ProblemError {
  const detail = `This process has ${String(STREAMS_MAX)} streams already. Try again later, or read the balance now and then.`;
  return new ProblemError(problem('ledger_busy', detail), RETRY_AFTER);
}

function tooMany(whose: string, limit: number): ProblemError {
  const detail = `${whose} has ${String(limit)} streams open in this process already. Close one first.`;
  return new ProblemError(problem('too_many_streams', detail, { limit }), RETRY_AFTER);
}
