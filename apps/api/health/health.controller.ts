import { LedgerHealth } from '#ledger-store';
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Probe } from '../auth/needs.ts';
import { Readiness } from './readiness.ts';

@Controller('health')
export class HealthController {
  constructor(
    private readonly ledger: LedgerHealth,
    private readonly readiness: Readiness,
  ) {}

  /** The process runs. */
  @Get('live')
  @Probe()
  live() {
    return { status: 'ok' };
  }

  /** Requests should be sent here: the database is there, has this version's tables and takes changes, and the process isn't stopping. */
  @Get('ready')
  @Probe()
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const { database, migrations } = await this.ledger.check();
    const service = this.readiness.isStopping ? 'stopping' : 'ok';
    const isReady = [service, database, migrations].every((part) => part === 'ok');
    reply.status(isReady ? 200 : 503);
    return { status: isReady ? 'ok' : 'unavailable', service, database, migrations };
  }
}
