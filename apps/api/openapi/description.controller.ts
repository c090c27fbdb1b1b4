import { Controller, Get, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { createReadStream } from 'node:fs';
import { OpenToAll } from '../auth/needs.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { ApiDescription } from './api-description.ts';
import { ASSETS, PAGE, PAGE_POLICY } from './page.ts';

/** The API's description: for programs, and as a page for people. */
@Controller()
export class DescriptionController {
  constructor(private readonly description: ApiDescription) {}

  @Get('openapi.json')
  @OpenToAll()
  document(@Res() reply: FastifyReply): void {
    void reply.header('content-type', 'application/json; charset=utf-8').send(this.description.json);
  }

  @Get('docs')
  @OpenToAll()
  page(@Res() reply: FastifyReply): void {
    void reply
      .header('content-security-policy', PAGE_POLICY)
      .header('content-type', 'text/html; charset=utf-8')
      .send(PAGE);
  }

  /** What the page loads. */
  @Get('docs/:file')
  @OpenToAll()
  asset(@Param('file') file: string, @Res() reply: FastifyReply): void {
    const asset = ASSETS.get(file);
    if (!asset) throw new ProblemError(problem('not_found', 'The page has no such file.'));
    void reply
      .header('content-type', asset.mediaType)
      .header('cache-control', 'public, max-age=3600')
      .send('text' in asset ? asset.text : createReadStream(asset.path));
  }
}
