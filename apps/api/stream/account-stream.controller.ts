import { KeyRing } from '#access';
import { AccountFeed, AccountReader } from '#ledger-store';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { accountNotFound, accountRef } from '../accounts/account-ref.ts';
import { callerIn, Environment } from '../auth/authenticate.ts';
import { OfAccount, StreamNeeds } from '../auth/needs.ts';
import { Readiness } from '../health/readiness.ts';
import { endRead } from '../requests/shed-load.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { AccountStream } from './account-stream.ts';
import { StreamQuery } from './stream.query.ts';

@Controller('v1/accounts/:id/stream')
export class AccountStreamController {
  constructor(
    private readonly accounts: AccountReader,
    private readonly feed: AccountFeed,
    private readonly keys: KeyRing,
    private readonly readiness: Readiness,
  ) {}

  /** The account's balance and its events, now and whenever they change. */
  @Get()
  @StreamNeeds('read')
  @OfAccount('path')
  async follow(
    @Environment() environment: string,
    @Param('id') id: string,
    @Query() { wait }: StreamQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const after = lastEventIdOf(request);
    const ref = accountRef(environment, id);
    if (!(await this.accounts.find(ref))) throw accountNotFound(id);
    // Who has gone meanwhile closes nothing any more, and would be followed for ever.
    if (request.raw.socket.destroyed) return;
    endRead(request);
    const endsAfter = wait === undefined ? null : Number(wait) * 1000;
    const stream = new AccountStream(reply, {
      mayGoOn: () => !this.readiness.isStopping && callerIn(request, this.keys) !== null,
      endsAfter,
    });
    const stop = this.feed.follow(ref, {
      after,
      next: (news) => {
        stream.send(news);
        if (endsAfter === 0) stream.end();
      },
    });
    stream.onClose(stop);
  }
}

function lastEventIdOf(request: FastifyRequest): number | null {
  const given = request.headers['last-event-id'];
  if (given === undefined || given === '') return null;
  if (typeof given === 'string' && /^\d{1,15}$/.test(given)) return Number(given);
  throw invalidRequest([{ field: 'Last-Event-ID', message: 'must be the id of an event of this stream' }]);
}
