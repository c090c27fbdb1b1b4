import type { FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { keyIn } from './authenticate.ts';

/** What a scraper must send to read the metrics, if the operator has set PURSER_METRICS_TOKEN. */
export class MetricsToken {
  private readonly digest: Buffer | null;

  constructor(token: string | null) {
    this.digest = token === null ? null : digestOf(token);
  }

  get isNeeded(): boolean {
    return this.digest !== null;
  }

  isIn(request: FastifyRequest): boolean {
    const given = keyIn(request);
    return this.digest !== null && given !== null && timingSafeEqual(digestOf(given), this.digest);
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
