import { Access } from '#access';
import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { mustBeLive } from '../api-keys/api-keys.controller.ts';
import { callerOf, Environment } from '../auth/authenticate.ts';
import { Needs } from '../auth/needs.ts';
import { listView } from '../lists/list-view.ts';
import { pageRequest, PageQuery } from '../lists/page-query.ts';
import { answerChange, changeRequestOf } from '../requests/change-requests.ts';
import { ENVIRONMENT_NAME } from '../validation/rules.ts';
import { CreateEnvironmentBody } from './environment.body.ts';
import { environmentView } from './environment.view.ts';

@Controller('v1/environments')
export class EnvironmentsController {
  constructor(private readonly access: Access) {}

  @Post()
  @Needs('admin')
  async create(@Body() { name }: CreateEnvironmentBody, @Res() reply: FastifyReply): Promise<void> {
    mustBeLive(callerOf(reply.request).environment);
    const result = await this.access.createEnvironment(changeRequestOf(reply.request), name, (environment, isNew) => ({
      status: isNew ? 201 : 200,
      body: JSON.stringify(environmentView(environment)),
    }));
    answerChange(reply, result);
  }

  /** All of them for a key of `live`; any other key sees its own. */
  @Get()
  @Needs('read')
  async list(@Environment() environment: string, @Query() query: PageQuery) {
    const page = pageRequest(query, ENVIRONMENT_NAME);
    const only = environment === 'live' ? null : environment;
    return listView(await this.access.listEnvironments({ ...page, only }), environmentView);
  }
}
