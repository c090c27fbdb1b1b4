import { parsePublicId } from '#ledger';
import { LimitReader, Settings, SpanLimits, type LimitNow } from '#ledger-store';
import { Body, Controller, Delete, Get, Param, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { callerOf, Environment } from '../auth/authenticate.ts';
import { Needs } from '../auth/needs.ts';
import { listView } from '../lists/list-view.ts';
import { pageRequest, PageQuery, SHARE_CURSOR } from '../lists/page-query.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { answerChange, changeRequestOf } from '../requests/change-requests.ts';
import { noFields } from '../validation/no-fields.ts';
import { LimitBody } from './limit.body.ts';
import { givenLimit, limitView, shareView } from './limit.view.ts';

/** Limits over all accounts: of the environment, and of its API keys. */
@Controller('v1/limits')
export class LimitsController {
  constructor(
    private readonly limits: SpanLimits,
    private readonly reader: LimitReader,
    private readonly settings: Settings,
  ) {}

  @Put()
  @Needs('admin')
  async set(@Body() body: LimitBody, @Res() reply: FastifyReply): Promise<void> {
    const terms = givenLimit(body, this.settings.of(callerOf(reply.request).environment));
    answerChange(reply, await this.limits.set(changeRequestOf(reply.request), terms, answerLimit));
  }

  @Get()
  @Needs('read')
  async list(@Environment() environment: string, @Query() query: PageQuery) {
    return listView(await this.reader.list(environment, pageRequest(query)), limitView);
  }

  @Get(':id')
  @Needs('read')
  async find(@Environment() environment: string, @Param('id') id: string, @Query(noFields) _query: unknown) {
    return limitView(await this.limitOrNotFound(environment, id));
  }

  @Get(':id/shares')
  @Needs('read')
  async shares(@Environment() environment: string, @Param('id') id: string, @Query() query: PageQuery) {
    const limit = await this.limitOrNotFound(environment, id);
    return listView(await this.reader.shares(limit, pageRequest(query, SHARE_CURSOR)), shareView);
  }

  @Delete(':id')
  @Needs('admin')
  async remove(@Param('id') id: string, @Body(noFields) _body: unknown, @Res() reply: FastifyReply): Promise<void> {
    const uuid = parsePublicId('limit', id);
    if (uuid === null) throw limitNotFound();
    const result = await this.limits.drop(changeRequestOf(reply.request), uuid, answerLimit);
    if (result === 'limit_not_found') throw limitNotFound();
    answerChange(reply, result);
  }

  private async limitOrNotFound(environment: string, id: string): Promise<LimitNow> {
    const uuid = parsePublicId('limit', id);
    const found = uuid === null ? null : await this.reader.find(environment, uuid);
    if (!found) throw limitNotFound();
    return found;
  }
}

function answerLimit(limit: LimitNow) {
  return { status: 200, body: JSON.stringify(limitView(limit)) };
}

function limitNotFound(): ProblemError {
  return new ProblemError(problem('limit_not_found', 'This environment has no limit with this id.'));
}
