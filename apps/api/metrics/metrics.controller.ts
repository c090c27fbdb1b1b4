import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { OpenToAll } from '../auth/needs.ts';
import { LedgerGauges } from './ledger-gauges.ts';
import { Metrics } from './metrics.ts';

/** What Prometheus scrapes. It tells of the process and the database, nothing of customers. */
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly counted: Metrics,
    private readonly gauges: LedgerGauges,
  ) {}

  @Get()
  @OpenToAll()
  async metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    await this.gauges.look();
    reply.header('content-type', this.counted.registry.contentType);
    return this.counted.text();
  }
}
