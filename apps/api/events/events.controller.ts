import { parsePublicId } from '#ledger';
import { EventReader } from '#ledger-store';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { accountRef } from '../accounts/account-ref.ts';
import { Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { followRequest, unknownPosition } from '../lists/follow-request.ts';
import { listView } from '../lists/list-view.ts';
import { EVENT_CURSOR, pageRequest } from '../lists/page-query.ts';
import { noFields } from '../validation/no-fields.ts';
import { eventNotFound } from './event-not-found.ts';
import { EventQuery } from './event.query.ts';
import { eventView } from './event.view.ts';

/** What has happened and was told, or will be: the same events that webhooks send. */
@Controller('v1/events')
export class EventsController {
  constructor(private readonly events: EventReader) {}

  @Get()
  @Needs('read')
  @OfAccount('query')
  async list(@Environment() environment: string, @Query() query: EventQuery) {
    const account = query.account === undefined ? null : accountRef(environment, query.account);
    const type = query.type ?? null;
    if (query.after === undefined) {
      const page = await this.events.list(environment, { account, type }, pageRequest(query, EVENT_CURSOR));
      return listView(page, eventView);
    }
    const followed = followRequest('event', query.after, query);
    const page = await this.events.follow(environment, { account, type }, followed);
    if (page === 'unknown')
      throw unknownPosition(account ? 'an event of this account' : 'an event that is still stored');
    return listView(page, eventView);
  }

  @Get(':id')
  @Needs('read')
  @OfAccount('event')
  async find(@Environment() environment: string, @Param('id') id: string, @Query(noFields) _query: unknown) {
    const uuid = parsePublicId('event', id);
    const found = uuid === null ? null : await this.events.find(environment, uuid);
    if (!found) throw eventNotFound();
    return eventView(found);
  }
}
