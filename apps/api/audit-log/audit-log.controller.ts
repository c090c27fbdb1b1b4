import { Access } from '#access';
import { Controller, Get, Query } from '@nestjs/common';
import { Environment } from '../auth/authenticate.ts';
import { Needs } from '../auth/needs.ts';
import { listView } from '../lists/list-view.ts';
import { pageRequest } from '../lists/page-query.ts';
import { AuditLogQuery } from './audit-log.query.ts';
import { auditView } from './audit-log.view.ts';

/** What was changed, by which key: keys, environments, accounts and grants. Nothing in it is ever changed or deleted. */
@Controller('v1/audit-log')
export class AuditLogController {
  constructor(private readonly access: Access) {}

  @Get()
  @Needs('admin')
  async list(@Environment() environment: string, @Query() query: AuditLogQuery) {
    const page = await this.access.listAudit(environment, { ...pageRequest(query), object: query.object ?? null });
    return listView(page, auditView);
  }
}
