import { parsePublicId } from '#ledger';
import { Anomalies, ChangeReader, comparableRanges } from '#reports';
import { Body, Controller, Get, Param, Patch, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Environment } from '../auth/authenticate.ts';
import { Needs, OfAccount } from '../auth/needs.ts';
import { listView } from '../lists/list-view.ts';
import { pageRequest } from '../lists/page-query.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { answerChange, changeRequestOf } from '../requests/change-requests.ts';
import { noFields } from '../validation/no-fields.ts';
import { AnomalyBody } from './anomaly.body.ts';
import { anomalyFilter, AnomalyQuery } from './anomaly.query.ts';
import { anomalyView, explainedAnomalyView } from './anomaly.view.ts';

/** Hours that used more than is usual. */
@Controller('v1/anomalies')
export class AnomaliesController {
  constructor(
    private readonly anomalies: Anomalies,
    private readonly changes: ChangeReader,
  ) {}

  @Get()
  @Needs('read')
  @OfAccount('query')
  async list(@Environment() environment: string, @Query() query: AnomalyQuery) {
    const filter = anomalyFilter(environment, query);
    return listView(await this.anomalies.list(environment, filter, pageRequest(query)), anomalyView);
  }

  @Get(':id')
  @Needs('read')
  async find(@Environment() environment: string, @Param('id') id: string, @Query(noFields) _query: unknown) {
    const found = await this.anomalies.find(environment, uuidOf(id));
    if (!found) throw anomalyNotFound();
    const { unit, anomaly } = found;
    const { accountKey: account, model } = anomaly;
    const change = await this.changes.read({ of: { account }, unit, model, ...comparableRanges(anomaly) });
    return explainedAnomalyView(found, change);
  }

  @Patch(':id')
  @Needs('admin')
  async update(@Param('id') id: string, @Body() { state }: AnomalyBody, @Res() reply: FastifyReply): Promise<void> {
    const asked = { id: uuidOf(id), state };
    answerChange(
      reply,
      await this.anomalies.setState(changeRequestOf(reply.request), asked, (changed) => ({
        status: 200,
        body: JSON.stringify(anomalyView(changed)),
      })),
    );
  }
}

function uuidOf(id: string): string {
  const uuid = parsePublicId('anomaly', id);
  if (uuid === null) throw anomalyNotFound();
  return uuid;
}

function anomalyNotFound(): ProblemError {
  return new ProblemError(problem('anomaly_not_found', 'This environment has no anomaly with this id.'));
}
