import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OpenToAll } from '../auth/needs.ts';
import { prefersHtml } from '../content/prefers-html.ts';
import { ProblemError } from '../problems/problem.ts';
import { notFound } from '../requests/refuse-unrouted.ts';
import { ApiDescription } from './api-description.ts';
import { LINKS } from './links.ts';
import { ASSETS, PAGE, PAGE_POLICY } from './page.ts';

/** The API's description: for programs, and as a page for people. */
@Controller()
export class DescriptionController {
  constructor(private readonly description: ApiDescription) {}

  /** For whoever has only the address of the service. */
  @Get()
  @OpenToAll()
  root(@Req() { headers }: FastifyRequest, @Res() reply: FastifyReply): void {
    void reply.header('vary', 'accept');
    if (prefersHtml(headers.accept)) void reply.redirect(LINKS.documentation, 302);
    else void reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(LINKS));
  }

  @Get('openapi.json')
  @OpenToAll()
  document(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.description.send(request, reply);
  }

  @Get('docs')
  @OpenToAll()
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return PAGE.send(request, reply.header('content-security-policy', PAGE_POLICY));
  }

  /** What the page loads, and the guides. */
  @Get('docs/:file')
  @OpenToAll()
  async asset(@Param('file') file: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const asset = ASSETS.get(file);
    if (!asset) throw new ProblemError(notFound(request));
    await asset.send(request, reply.header('content-security-policy', PAGE_POLICY));
  }
}
