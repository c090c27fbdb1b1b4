import { Access, type MadeKey } from '#access';
import { parsePublicId } from '#ledger';
import { Settings, SpanLimits } from '#ledger-store';
import { Body, Controller, Delete, Get, Param, Patch, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { accountNotFound } from '../accounts/account-ref.ts';
import { callerOf, Environment } from '../auth/authenticate.ts';
import { Needs } from '../auth/needs.ts';
import { givenLimit } from '../limits/limit.view.ts';
import { listView } from '../lists/list-view.ts';
import { pageRequest, PageQuery } from '../lists/page-query.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { answerChange, changeRequestOf } from '../requests/change-requests.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { noFields } from '../validation/no-fields.ts';
import { parseInstant } from '../validation/rules.ts';
import {
  BOUND_KEY_SCOPES,
  CreateApiKeyBody,
  DEFAULT_OVERLAP_SECONDS,
  RollApiKeyBody,
  UpdateApiKeyBody,
} from './api-key.body.ts';
import { apiKeyView, madeKeyView } from './api-key.view.ts';

@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(
    private readonly access: Access,
    private readonly limits: SpanLimits,
    private readonly settings: Settings,
  ) {}

  @Post()
  @Needs('admin')
  async create(@Body() body: CreateApiKeyBody, @Res() reply: FastifyReply): Promise<void> {
    const caller = callerOf(reply.request);
    const environment = body.environment ?? caller.environment;
    if (environment !== caller.environment) mustBeLive(caller.environment);
    const account = body.account ?? null;
    if (account !== null && body.scopes.includes('admin'))
      throw invalidRequest([{ field: 'scopes', message: BOUND_KEY_SCOPES }]);
    const wanted = {
      environment,
      name: body.name,
      scopes: body.scopes,
      allowedAddresses: body.allowed_addresses ?? [],
      account,
      expiresAt: parseInstant(body.expires_at),
      limit: body.limit ? givenLimit(body.limit, this.settings.of(environment)) : null,
    };
    const result = await this.access.createKey(changeRequestOf(reply.request), wanted, (made) => ({
      status: 201,
      body: JSON.stringify(madeKeyView(made)),
    }));
    if (result === 'account_not_found' && account !== null) throw accountNotFound(account);
    if (wanted.limit) await this.limits.noticeChange();
    answerChange(reply, result);
  }

  @Get()
  @Needs('admin')
  async list(@Environment() environment: string, @Query() query: PageQuery) {
    return listView(await this.access.listKeys(environment, pageRequest(query)), apiKeyView);
  }

  @Get(':id')
  @Needs('admin')
  async find(@Environment() environment: string, @Param('id') id: string, @Query(noFields) _query: unknown) {
    const found = await this.access.findKey(environment, keyIdOrNotFound(id));
    if (!found) throw apiKeyNotFound();
    return apiKeyView(found);
  }

  @Post(':id/roll')
  @Needs('admin')
  async roll(@Param('id') id: string, @Body() body: RollApiKeyBody, @Res() reply: FastifyReply): Promise<void> {
    const rolling = { id: keyIdOrNotFound(id), overlapSeconds: body.overlap ?? DEFAULT_OVERLAP_SECONDS };
    const result = await this.access.rollKey(changeRequestOf(reply.request), rolling, (made) => ({
      status: 201,
      body: JSON.stringify(madeKeyView(made)),
    }));
    await this.limits.noticeChange();
    answerChange(reply, result);
  }

  /** Changes its limit; what isn't given stays. */
  @Patch(':id')
  @Needs('admin')
  async update(@Param('id') id: string, @Body() body: UpdateApiKeyBody, @Res() reply: FastifyReply): Promise<void> {
    const uuid = keyIdOrNotFound(id);
    const { environment } = callerOf(reply.request);
    const answer = ({ apiKey }: MadeKey) => ({ status: 200, body: JSON.stringify(apiKeyView(apiKey)) });
    const limit = body.limit && givenLimit(body.limit, this.settings.of(environment));
    const result = await this.access.limitKey(changeRequestOf(reply.request), { id: uuid, limit }, answer);
    await this.limits.noticeChange();
    answerChange(reply, result);
  }

  /** Ends it at once. */
  @Delete(':id')
  @Needs('admin')
  async revoke(@Param('id') id: string, @Body(noFields) _body: unknown, @Res() reply: FastifyReply): Promise<void> {
    const result = await this.access.revokeKey(changeRequestOf(reply.request), keyIdOrNotFound(id), ({ apiKey }) => ({
      status: 200,
      body: JSON.stringify(apiKeyView(apiKey)),
    }));
    answerChange(reply, result);
  }
}

/** Other environments' keys are made with those of `live`, where operators begin. */
export function mustBeLive(environment: string): void {
  if (environment === 'live') return;
  throw new ProblemError(problem('live_key_needed', 'Only an admin key of “live” reaches beyond its own environment.'));
}

function keyIdOrNotFound(id: string): string {
  const uuid = parsePublicId('key', id);
  if (uuid === null) throw apiKeyNotFound();
  return uuid;
}

function apiKeyNotFound(): ProblemError {
  return new ProblemError(problem('api_key_not_found', 'This environment has no API key with this id.'));
}
