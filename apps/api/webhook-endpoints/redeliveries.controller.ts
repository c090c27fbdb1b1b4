import { parsePublicId } from '#ledger';
import { WebhookEndpoints } from '#webhook-store';
import { Body, Controller, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Needs } from '../auth/needs.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { answerChange, changeRequestOf } from '../requests/change-requests.ts';
import { RedeliverEventBody } from './webhook-endpoint.body.ts';

@Controller('v1/events')
export class RedeliveriesController {
  constructor(private readonly endpoints: WebhookEndpoints) {}

  @Post(':id/redeliver')
  @Needs('admin')
  async redeliver(
    @Param('id') id: string,
    @Body() { endpoint = null }: RedeliverEventBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const eventId = parsePublicId('event', id);
    if (eventId === null) throw new ProblemError(problem('event_not_found', 'This environment has no such event.'));
    const wanted = { eventId, endpointId: endpoint === null ? null : parsePublicId('endpoint', endpoint) };
    const result = await this.endpoints.redeliverEvent(changeRequestOf(reply.request), wanted, (deliveries) => ({
      status: 202,
      body: JSON.stringify({ deliveries }),
    }));
    answerChange(reply, result);
  }
}
