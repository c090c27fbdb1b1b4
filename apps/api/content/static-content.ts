import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { CompressibleBody } from './compressible-body.ts';

export interface StaticContentOptions {
  readonly mediaType: string;
  /** For how many seconds a client may use it without asking again. */
  readonly maxAgeSeconds: number;
  /** Called once, when it is first asked for. */
  readonly make: () => string | Buffer;
}

interface Made {
  readonly body: CompressibleBody;
  readonly etag: string;
}

/** Content that doesn't change while the process runs. It is made once, and not sent again to a client that has it. */
export class StaticContent {
  private made: Made | undefined;

  constructor(private readonly options: StaticContentOptions) {}

  async send(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    this.made ??= makeContent(this.options.make());
    const { body, etag } = this.made;
    reply.headers({ etag, 'cache-control': `public, max-age=${String(this.options.maxAgeSeconds)}` });
    if (isCurrent(request.headers['if-none-match'], etag))
      void reply.status(304).header('vary', 'accept-encoding').send();
    else await body.send(request, reply.header('content-type', this.options.mediaType));
  }
}

/** The tag is weak, because it is the same for every encoding of the content. */
function makeContent(content: string | Buffer): Made {
  const bytes = Buffer.from(content);
  const etag = `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  return { body: new CompressibleBody(bytes), etag };
}

/** Whether a client has the content with this tag already (RFC 9110, 13.1.2). */
function isCurrent(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return (
    ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^(?!W\/)/, 'W/') === etag)
  );
}
