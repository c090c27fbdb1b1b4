import type { FastifyReply, FastifyRequest } from 'fastify';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { acceptedEncoding, type Encoding } from './accepted-encoding.ts';

/** A quality of brotli that takes as long as gzip; the default takes thirty times as long. */
const BROTLI_QUALITY = 5;
/** What is shorter fits into a packet or two as it is. */
const COMPRESSED_FROM_BYTES = 2048;

const compressGzip = promisify(gzip);
const compressBrotli = promisify(brotliCompress);

const COMPRESS: Record<Encoding, (body: Buffer) => Promise<Buffer>> = {
  gzip: (body) => compressGzip(body),
  br: (body) => compressBrotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
};

/** A body that many clients are sent. It is compressed once for each encoding, when a client first accepts that. */
export class CompressibleBody {
  private readonly compressed = new Map<Encoding, Promise<Buffer>>();

  constructor(readonly bytes: Buffer) {}

  async send(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { 'accept-encoding': accepted } = request.headers;
    const encoding = acceptedEncoding(typeof accepted === 'string' ? accepted : undefined);
    reply.header('vary', 'accept-encoding');
    if (encoding === null || this.bytes.length < COMPRESSED_FROM_BYTES) {
      void reply.send(this.bytes);
      return;
    }
    const body = await this.compressedAs(encoding);
    void reply.header('content-encoding', encoding).send(body);
  }

  private compressedAs(encoding: Encoding): Promise<Buffer> {
    const body = this.compressed.get(encoding) ?? COMPRESS[encoding](this.bytes);
    this.compressed.set(encoding, body);
    return body;
  }
}
