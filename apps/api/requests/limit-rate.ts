import type { KeyRing } from '#access';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Redis } from 'ioredis';
import { callerIn } from '../auth/authenticate.ts';
import { problem } from '../problems/problem.ts';
import { sendProblem } from '../problems/send-problem.ts';
import { isUnderV1 } from './is-under-v1.ts';

export interface RateLimitOptions {
  /** Requests per minute that an API key may send. */
  readonly perMinute: number;
  /** Where several processes count together; null: each counts for itself. */
  readonly redisUrl: string | null;
  readonly keys: KeyRing;
  readonly log: (line: string) => void;
}

const WINDOW_MS = 60_000;
/** Keys and addresses that are counted at once, in memory. */
const COUNTERS_MAX = 10_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** Redis answers in less than a millisecond. Longer than this no request waits to be counted. */
const COUNT_TIMEOUT_MS = 100;

/**
 * Refuses what an API key sends beyond its requests per minute, before anything of it is read. Requests without a known key
 * are counted by address: those behind one proxy that isn't trusted together, which hurts nobody who has a key.
 *
 * Where Redis is away requests pass uncounted: a limit that protects the service must not be what stops it.
 */
export async function limitRate(fastify: FastifyInstance, options: RateLimitOptions): Promise<Disposable> {
  const { perMinute, redisUrl, keys, log } = options;
  const outage = new RedisOutage(log);
  const redis = redisUrl === null ? null : await openRedis(redisUrl, outage);
  await fastify.register(rateLimit, {
    global: false,
    max: perMinute,
    timeWindow: WINDOW_MS,
    cache: COUNTERS_MAX,
    keyGenerator: (request) => counterOf(request, keys),
    ...(redis ? { redis, nameSpace: 'purser:rate:' } : {}),
  });
  const count = fastify.createRateLimit();
  const policy = `"key";q=${String(perMinute)};w=${String(WINDOW_MS / 1000)}`;

  fastify.addHook('onRequest', async (request, reply) => {
    if (!isUnderV1(request)) return;
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

/** A key that isn't known yet, because another process has just made it, is counted by address this once. */
function counterOf(request: FastifyRequest, keys: KeyRing): string {
  const caller = callerIn(request, keys);
  return caller === null || caller instanceof Promise ? `address:${request.ip}` : `key:${caller.keyId}`;
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

  constructor(private readonly log: (line: string) => void) {}

  /** @returns null where Redis doesn't answer */
  async during<T>(ask: () => Promise<T>): Promise<T | null> {
    try {
      const answer = await ask();
      if (this.isAway) this.log('Redis is back: requests are counted against the rate limit again.');
      this.isAway = false;
      return answer;
    } catch (error) {
      this.tell(error);
      return null;
    }
  }

  tell(error: unknown): void {
    if (!this.isAway) this.log(`Redis is away, so requests are not counted against the rate limit: ${String(error)}`);
    this.isAway = true;
  }
}
