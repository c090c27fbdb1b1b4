import { LedgerHealth } from '#ledger-store';
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { OpenToAll } from '../auth/needs.ts';

@Controller('health')
export class HealthController {
  constructor(private readonly ledger: LedgerHealth) {}

  /** The process runs. */
  @Get('live')
  @OpenToAll()
  live() {
    return { status: 'ok' };
  }

  /** Requests can be answered: the database is there. */
  @Get('ready')
  @OpenToAll()
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const database = (await this.ledger.isReachable()) ? 'ok' : 'unreachable';
    reply.status(database === 'ok' ? 200 : 503);
    return { status: database === 'ok' ? 'ok' : 'unavailable', database };
  }
}
