import { LineBudget } from '#logging';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** For the head of a request, and for all of it: 1 MiB takes that long at 70 KB/s. */
const HEAD_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
const TIMEOUT_CHECK_MS = 2_000;
/** How long a response may stand still because its client doesn't read. It is cut at the second look without progress. */
const STALLED_TIMEOUT_MS = 20_000;
/** More than the 60 s of common load balancers: whoever sends the requests should be the one to close. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
const LOG_LINES_PER_SECOND = 1;

/** How long a connection may wait for its client. A stream is never silent for long, and so never times out. */
export const CONNECTION_TIMEOUTS = {
  requestTimeout: REQUEST_TIMEOUT_MS,
  connectionTimeout: STALLED_TIMEOUT_MS,
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
} as const satisfies FastifyServerOptions;

/** The same, of what Fastify leaves to Node. */
export const HEAD_TIMEOUTS = {
  headersTimeout: HEAD_TIMEOUT_MS,
  connectionsCheckingInterval: TIMEOUT_CHECK_MS,
} as const;

/** The open connections of this process, and their maximum: beyond it, a new one is closed at once. */
export class Connections {
  private count = 0;

  constructor(
    readonly max: number,
    private readonly log: (line: string) => void,
  ) {}

  get open(): number {
    return this.count;
  }

  limit(fastify: FastifyInstance): void {
    const server: Server = fastify.server;
    server.maxConnections = this.max;
    server.on('connection', (socket) => {
      this.count += 1;
      socket.once('close', () => (this.count -= 1));
    });
    const budget = new LineBudget(LOG_LINES_PER_SECOND);
    server.on('drop', () => {
      if (budget.take(performance.now()).granted)
        this.log(`All ${String(this.max)} connections are in use (PURSER_CONNECTIONS_MAX): new ones are closed.`);
    });
    fastify.addHook('onRequest', (_request, reply, done) => {
      reply.raw.on('timeout', closeStalled);
      done();
    });
  }
}

/** Nothing has moved on the connection of this response: its client doesn't read it, or it isn't decided yet. */
function closeStalled(socket: Socket): void {
  if (socket.writableLength > 0) socket.destroy();
}
