import { parsePublicId } from '#ledger';
import { WebhookEndpoints, type MadeEndpoint, type WebhookEndpoint } from '#webhook-store';
import { Body, Controller, Delete, Get, Param, Patch, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { accountNotFound } from '../accounts/account-ref.ts';
import { Environment } from '../auth/authenticate.ts';
import { Needs } from '../auth/needs.ts';
import { listView } from '../lists/list-view.ts';
import { pageRequest } from '../lists/page-query.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { answerChange, changeRequestOf } from '../requests/change-requests.ts';
import { noFields } from '../validation/no-fields.ts';
import { mustBeInstant } from '../validation/rules.ts';
import { CreateWebhookEndpointBody, RedeliverSinceBody, UpdateWebhookEndpointBody } from './webhook-endpoint.body.ts';
import { DeliveryQuery, WebhookEndpointQuery } from './webhook-endpoint.query.ts';
import { deliveryView, madeEndpointView, redeliveredView, webhookEndpointView } from './webhook-endpoint.view.ts';

@Controller('v1/webhook-endpoints')
export class WebhookEndpointsController {
  constructor(private readonly endpoints: WebhookEndpoints) {}

  @Post()
  @Needs('admin')
  async create(@Body() body: CreateWebhookEndpointBody, @Res() reply: FastifyReply): Promise<void> {
    const { url, types = null, account = null, description = null } = body;
    const terms = { url, types, account, description };
    const result = await this.endpoints.create(changeRequestOf(reply.request), terms, answerMade(201));
    if (result === 'account_not_found' && account !== null) throw accountNotFound(account);
    answerChange(reply, result);
  }

  @Get()
  @Needs('read')
  async list(@Environment() environment: string, @Query() query: WebhookEndpointQuery) {
    const page = { ...pageRequest(query), account: query.account ?? null };
    return listView(await this.endpoints.list(environment, page), webhookEndpointView);
  }

  @Get(':id')
  @Needs('read')
  async find(@Environment() environment: string, @Param('id') id: string, @Query(noFields) _query: unknown) {
    const found = await this.endpoints.find(environment, endpointIdOrNotFound(id));
    if (!found) throw endpointNotFound();
    return webhookEndpointView(found);
  }

  @Patch(':id')
  @Needs('admin')
  async update(
    @Param('id') id: string,
    @Body() { url, enabled, ...rest }: UpdateWebhookEndpointBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const given = { ...(url ? { url } : {}), ...(typeof enabled === 'boolean' ? { enabled } : {}) };
    const update = { id: endpointIdOrNotFound(id), changes: { ...rest, ...given } };
    answerChange(reply, await this.endpoints.update(changeRequestOf(reply.request), update, answerEndpoint));
  }

  @Post(':id/roll-secret')
  @Needs('admin')
  async rollSecret(@Param('id') id: string, @Body(noFields) _body: unknown, @Res() reply: FastifyReply): Promise<void> {
    const request = changeRequestOf(reply.request);
    answerChange(reply, await this.endpoints.rollSecret(request, endpointIdOrNotFound(id), answerMade(200)));
  }

  @Post(':id/test')
  @Needs('admin')
  async sendTest(@Param('id') id: string, @Body(noFields) _body: unknown, @Res() reply: FastifyReply): Promise<void> {
    const request = changeRequestOf(reply.request);
    const result = await this.endpoints.sendTest(request, endpointIdOrNotFound(id), (delivery) => ({
      status: 202,
      body: JSON.stringify(deliveryView(delivery)),
    }));
    answerChange(reply, result);
  }

  @Post(':id/redeliver')
  @Needs('admin')
  async redeliver(
    @Param('id') id: string,
    @Body() { since }: RedeliverSinceBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const wanted = { id: endpointIdOrNotFound(id), since: mustBeInstant(since) };
    const result = await this.endpoints.redeliverSince(changeRequestOf(reply.request), wanted, (redelivered) => ({
      status: 202,
      body: JSON.stringify(redeliveredView(redelivered)),
    }));
    answerChange(reply, result);
  }

  @Get(':id/deliveries')
  @Needs('read')
  async deliveries(@Environment() environment: string, @Param('id') id: string, @Query() query: DeliveryQuery) {
    const page = { ...pageRequest(query), status: query.status ?? null };
    const found = await this.endpoints.listDeliveries(environment, endpointIdOrNotFound(id), page);
    if (!found) throw endpointNotFound();
    return listView(found, deliveryView);
  }

  @Delete(':id')
  @Needs('admin')
  async remove(@Param('id') id: string, @Body(noFields) _body: unknown, @Res() reply: FastifyReply): Promise<void> {
    const request = changeRequestOf(reply.request);
    answerChange(reply, await this.endpoints.remove(request, endpointIdOrNotFound(id), answerEndpoint));
  }
}

function answerEndpoint(endpoint: WebhookEndpoint) {
  return { status: 200, body: JSON.stringify(webhookEndpointView(endpoint)) };
}

function answerMade(status: number) {
  return (made: MadeEndpoint) => ({ status, body: JSON.stringify(madeEndpointView(made)) });
}

function endpointIdOrNotFound(id: string): string {
  const uuid = parsePublicId('endpoint', id);
  if (uuid === null) throw endpointNotFound();
  return uuid;
}

function endpointNotFound(): ProblemError {
  return new ProblemError(
    problem('webhook_endpoint_not_found', 'This environment has no webhook endpoint with this id.'),
  );
}
