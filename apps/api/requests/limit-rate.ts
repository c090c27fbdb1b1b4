import type { KeyRing } from '#access';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Redis } from 'ioredis';
import { callerIn } from '../auth/authenticate.ts';
import type { MetricsToken } from '../auth/metrics-token.ts';
import { problem } from '../problems/problem.ts';
import { sendProblem } from '../problems/send-problem.ts';

export interface RateLimitOptions {
  /** Requests per minute that an API key may send. */
  readonly perMinute: number;
  /** Where several processes count together; null: each counts for itself. */
  readonly redisUrl: string | null;
  readonly keys: KeyRing;
  readonly metricsToken: MetricsToken;
  readonly log: (line: string) => void;
}

const WINDOW_MS = 60_000;
/** Keys and addresses that are counted at once, in memory. */
const COUNTERS_MAX = 10_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** Redis answers in less than a millisecond. Longer than this no request waits to be counted. */
const COUNT_TIMEOUT_MS = 100;
/** Where it hangs, not every request is to find that out by waiting. */
const ASK_AGAIN_MS = 1_000;

/**
 * Refuses what an API key sends beyond its requests per minute, before anything of it is read. Requests without a known key,
 * also those that need none, are counted by address: those behind one proxy that isn't trusted together, which hurts nobody
 * who has a key.
 *
 * Where Redis is away requests pass uncounted: a limit that protects the service must not be what stops it.
 */
export async function limitRate(fastify: FastifyInstance, options: RateLimitOptions): Promise<Disposable> {
  const { perMinute, redisUrl, keys, metricsToken, log } = options;
  const outage = new RedisOutage(log);
  const redis = redisUrl === null ? null : await openRedis(redisUrl, outage);
  await fastify.register(rateLimit, {
    global: false,
    max: perMinute,
    timeWindow: WINDOW_MS,
    cache: COUNTERS_MAX,
    keyGenerator: (request) => counterOf(request, keys, metricsToken),
    ...(redis ? { redis, nameSpace: 'purser:rate:' } : {}),
  });
  const count = fastify.createRateLimit();
  const policy = `"key";q=${String(perMinute)};w=${String(WINDOW_MS / 1000)}`;

  fastify.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.isProbe) return;
    const counted = await outage.during(() => count(request));
    if (!counted || counted.isAllowed) return;
    const seconds = Math.max(counted.ttlInSeconds, 1);
    reply.headers({
      'ratelimit-policy': policy,
      ratelimit: `"key";r=${String(counted.remaining)};t=${String(seconds)}`,
    });
    if (counted.isExceeded) refuse(reply, perMinute, seconds);
  });
  return { [Symbol.dispose]: () => redis?.disconnect() };
}

/**
 * A key that isn't known yet, because another process has just made it, is counted by address this once. So is one that may
 * not come from there: whoever has stolen it must not use up what its owner may ask for.
 */
function counterOf(request: FastifyRequest, keys: KeyRing, metricsToken: MetricsToken): string {
  const caller = callerIn(request, keys);
  if (caller?.mayComeFrom(request.ip)) return `key:${caller.keyId}`;
  // Strangers behind the same proxy must not keep the operator from the metrics.
  return metricsToken.isIn(request) ? 'metrics' : `address:${request.ip}`;
}

function refuse(reply: FastifyReply, perMinute: number, seconds: number): void {
  const detail = `At most ${String(perMinute)} requests per minute are taken. Try again in ${String(seconds)} s.`;
  sendProblem(reply, problem('rate_limited', detail, { retry_after: seconds }), { 'retry-after': String(seconds) });
}

async function openRedis(url: string, outage: RedisOutage): Promise<Redis> {
  const redis = new Redis(url, {
    connectionName: 'purser',
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COUNT_TIMEOUT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
  });
  redis.on('error', (error: Error) => outage.tell(error));
  // What keeps it from connecting is told by the event; it goes on trying by itself.
  await Promise.allSettled([redis.connect()]);
  return redis;
}

/** That Redis is away is told once, and once that it is back. */
class RedisOutage {
  private isAway = false;
  private askAgainAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly log: (line: string) => void) {}

  /** @returns null where Redis doesn't answer, or didn't a moment ago */
  async during<T>(ask: () => Promise<T>): Promise<T | null> {
    if (performance.now() < this.askAgainAt) return null;
    try {
      const answer = await ask();
      if (this.isAway) this.log('Redis is back: requests are counted against the rate limit again.');
      this.isAway = false;
      return answer;
    } catch (error) {
      this.askAgainAt = performance.now() + ASK_AGAIN_MS;
      this.tell(error);
      return null;
    }
  }

  tell(error: unknown): void {
    if (!this.isAway) this.log(`Redis is away, so requests are not counted against the rate limit: ${String(error)}`);
    this.isAway = true;
  }
}
