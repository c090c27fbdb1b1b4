import type { AuthorizationDecision, ObjectRef } from '#ledger';
import { AuthorizationReader } from '#ledger-store';
import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { listView } from '../lists/list-view.ts';
import { pageRequest } from '../lists/page-query.ts';
import { problemOfRefusal } from '../problems/problem-of-refusal.ts';
import { ProblemError } from '../problems/problem.ts';
import { LedgerRequests } from '../requests/ledger-requests.ts';
import { BulkReaders } from '../rows/bulk-readers.ts';
import { formatOf, refusePages } from '../rows/row-format.ts';
import { RowSender, ROWS_PER_PAGE, viewsOf } from '../rows/row-sender.ts';
import { noFields } from '../validation/no-fields.ts';
import {
  adjustCommand,
  authorizationRef,
  authorizeCommand,
  commitCommand,
  extendCommand,
  refundCommand,
} from './authorization-commands.ts';
import {
  AdjustBody,
  AuthorizeBatchBody,
  AuthorizeBody,
  CommitBatchBody,
  CommitBody,
  DEFAULT_BATCH_MODE,
  ExtendBody,
  RefundBody,
} from './authorization.body.ts';
import { authorizationColumns } from './authorization-columns.ts';
import { authorizationFilter, AuthorizationQuery } from './authorization.query.ts';
import { authorizationView, type AuthorizationView } from './authorization.view.ts';
import { checkBatchUsages } from './batch-usages.ts';
import { batchView, refusedItems } from './batch.view.ts';
import { senderOf, viewerOf } from './viewer.ts';

@Controller('v1/authorizations')
export class AuthorizationsController {
  constructor(
    private readonly ledger: LedgerRequests,
    private readonly authorizations: AuthorizationReader,
    private readonly bulk: BulkReaders,
    private readonly rows: RowSender,
  ) {}

  @Post()
  @Needs('authorize')
  @OfAccount('body')
  authorize(
    @Environment() environment: string,
    @Body() body: AuthorizeBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const sender = senderOf(reply.request);
    const command = { type: 'authorize', ...authorizeCommand(environment, body, sender) } as const;
    return this.ledger.run(reply, command, (decision) => ({
      status: 201,
      view: authorizationView(decision, sender),
    }));
  }

  @Post('batch')
  @Needs('authorize')
  @OfAccount('items')
  authorizeBatch(
    @Environment() environment: string,
    @Body() body: AuthorizeBatchBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { items } = body;
    const mode = body.mode ?? DEFAULT_BATCH_MODE;
    const sender = senderOf(reply.request);
    const authorizes = items.map((item) => authorizeCommand(environment, item, sender));
    checkBatchUsages(authorizes.map(({ usage }) => usage));
    const command = { type: 'authorize_batch', mode, items: authorizes } as const;
    const status = mode === 'all_or_nothing' ? 201 : 200;
    return this.ledger.run(reply, command, (batch) => ({ status, view: batchView(batch, 201, sender) }), refusedItems);
  }

  @Post('commit-batch')
  @Needs('authorize')
  @OfAccount('authorizations_of_items')
  commitBatch(
    @Environment() environment: string,
    @Body() { items }: CommitBatchBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const sender = senderOf(reply.request);
    const commits = items.map(({ authorization, ...body }) =>
      commitCommand(refOrNotFound(environment, authorization), body, sender),
    );
    checkBatchUsages(commits.map(({ stated }) => stated?.usage ?? []));
    const command = { type: 'commit_batch', items: commits } as const;
    return this.ledger.run(reply, command, (batch) => ({
      status: 200,
      view: batchView(batch, 200, sender),
    }));
  }

  @Get()
  @Needs('read', 'authorize')
  @OfAccount('query')
  async list(
    @Environment() environment: string,
    @Query() query: AuthorizationQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const filter = authorizationFilter(environment, query);
    const { order = 'desc' } = query;
    const viewer = viewerOf(reply.request);
    const viewOf = (one: AuthorizationDecision): AuthorizationView => authorizationView(one, viewer);
    const format = formatOf(reply.request, query.format);
    if (format === 'json') {
      const page = await this.authorizations.list(environment, filter, pageRequest(query), order);
      void reply.send(listView(page, viewOf));
      return;
    }
    refusePages(query);
    const pages = viewsOf(this.bulk.authorizations.pages(environment, filter, order, ROWS_PER_PAGE), viewOf);
    const columns = authorizationColumns(viewer);
    await this.rows.send(reply, { format, name: 'authorizations', pages, columns });
  }

  @Get(':id')
  @Needs('read', 'authorize')
  @OfAccount('authorization')
  async find(
    @Environment() environment: string,
    @Param('id') id: string,
    @Query(noFields) _query: unknown,
    @Req() request: FastifyRequest,
  ) {
    const found = await this.authorizations.find(refOrNotFound(environment, id));
    if (!found) throw authorizationNotFound();
    return authorizationView(found, viewerOf(request));
  }

  @Post(':id/commit')
  @Needs('authorize')
  @OfAccount('authorization')
  commit(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body() body: CommitBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const sender = senderOf(reply.request);
    const command = { type: 'commit', ...commitCommand(refOrNotFound(environment, id), body, sender) } as const;
    return this.ledger.run(reply, command, (decision) => ({
      status: 200,
      view: authorizationView(decision, sender),
    }));
  }

  @Post(':id/void')
  @Needs('authorize')
  @OfAccount('authorization')
  void(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body(noFields) _body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const command = { type: 'void', authorization: refOrNotFound(environment, id) } as const;
    return this.ledger.run(reply, command, (decision) => ({
      status: 200,
      view: authorizationView(decision, viewerOf(reply.request)),
    }));
  }

  @Post(':id/extend')
  @Needs('authorize')
  @OfAccount('authorization')
  extend(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body() body: ExtendBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const command = { type: 'extend', ...extendCommand(refOrNotFound(environment, id), body) } as const;
    return this.ledger.run(reply, command, (decision) => ({
      status: 200,
      view: authorizationView(decision, viewerOf(reply.request)),
    }));
  }

  /** Not for a key that is bound to an account: whoever is charged doesn't take it back. */
  @Post(':id/refund')
  @Needs('authorize')
  refund(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body() body: RefundBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const command = { type: 'refund', ...refundCommand(refOrNotFound(environment, id), body) } as const;
    return this.ledger.run(reply, command, (decision) => ({
      status: 200,
      view: authorizationView(decision, viewerOf(reply.request)),
    }));
  }

  /** Not for a key that is bound to an account: whoever is charged doesn't say what was used after all. */
  @Post(':id/adjust')
  @Needs('authorize')
  adjust(
    @Environment() environment: string,
    @Param('id') id: string,
    @Body() body: AdjustBody,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const sender = senderOf(reply.request);
    const command = { type: 'adjust', ...adjustCommand(refOrNotFound(environment, id), body, sender) } as const;
    return this.ledger.run(reply, command, (decision) => ({
      status: 200,
      view: authorizationView(decision, sender),
    }));
  }
}

function refOrNotFound(environment: string, id: string): ObjectRef {
  const ref = authorizationRef(environment, id);
  if (!ref) throw authorizationNotFound();
  return ref;
}

function authorizationNotFound(): ProblemError {
  return new ProblemError(problemOfRefusal({ code: 'authorization_not_found' }));
}
