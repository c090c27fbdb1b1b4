import { PacedFlight } from '#background';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { keyIn } from '../auth/authenticate.ts';
import { MetricsToken } from '../auth/metrics-token.ts';
import { OpenToAll } from '../auth/needs.ts';
import { CompressibleBody } from '../content/compressible-body.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { LedgerGauges } from './ledger-gauges.ts';
import { Metrics } from './metrics.ts';

/** To collect the metrics asks the database and takes some milliseconds, which a flood of scrapes must not take often. */
const COLLECTION_INTERVAL_MS = 200;

/** What Prometheus scrapes. It tells of the process and the database, nothing of customers. */
@Controller('metrics')
export class MetricsController {
  private readonly collection = new PacedFlight(COLLECTION_INTERVAL_MS, async () => {
    await this.gauges.look();
    return new CompressibleBody(Buffer.from(await this.counted.text()));
  });

  constructor(
    private readonly counted: Metrics,
    private readonly gauges: LedgerGauges,
    private readonly token: MetricsToken,
  ) {}

  @Get()
  @OpenToAll()
  async metrics(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (this.token.isNeeded && !this.token.isIn(request))
      throw wrongToken(keyIn(request) === null ? 'missing' : 'unknown');
    const body = await this.collection.run();
    await body.send(request, reply.header('content-type', this.counted.registry.contentType));
  }
}

function wrongToken(reason: 'missing' | 'unknown'): ProblemError {
  const detail = 'Send the token that PURSER_METRICS_TOKEN is set to: “Authorization: Bearer …”.';
  return new ProblemError(problem('invalid_api_key', detail, { reason }), { 'www-authenticate': 'Bearer' });
}
