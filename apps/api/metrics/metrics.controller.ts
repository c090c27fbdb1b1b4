import { DefaultPartitionReader } from '#ledger-store';
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { OpenToAll } from '../auth/needs.ts';

/** What Prometheus scrapes. It tells of the process and the database, nothing of customers. */
@Controller('metrics')
export class MetricsController {
  private readonly registry = new Registry();
  private readonly defaultPartitionFilled = new Gauge({
    name: 'purser_default_partition_filled',
    help: '1 where rows have fallen into a default partition: partitions are no longer made ahead of time.',
    labelNames: ['table'],
    registers: [this.registry],
  });

  constructor(private readonly defaultPartitions: DefaultPartitionReader) {
    collectDefaultMetrics({ register: this.registry });
  }

  @Get()
  @OpenToAll()
  async metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    for (const { table, filled } of await this.defaultPartitions.read()) {
      this.defaultPartitionFilled.set({ table }, filled ? 1 : 0);
    }
    reply.header('content-type', this.registry.contentType);
    return this.registry.metrics();
  }
}
