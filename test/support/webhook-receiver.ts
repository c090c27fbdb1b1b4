import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** A message as it arrived. */
export interface ReceivedMessage {
  readonly path: string;
  /** The event's id, which is the same each time it is sent. */
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** How a message is answered; 200 at once where nothing else is said. */
export type Answering = (response: ServerResponse, message: ReceivedMessage) => void;

const welcome: Answering = (response) => response.end('thank you');

/** A real HTTP server on loopback that messages are sent to. */
export class WebhookReceiver {
  readonly received: ReceivedMessage[] = [];
  answering: Answering = welcome;
  /** How many are being answered now, and the most that ever were. */
  underWay = 0;
  underWayMax = 0;

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    readonly url: string,
  ) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const receiver = new WebhookReceiver(server, `http://127.0.0.1:${String(port)}/hooks`);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { url = '', headers } = request;
        const body = Buffer.concat(chunks).toString();
        const message = { path: url, id: String(headers['webhook-id']), headers, body, at: Date.now() };
        receiver.take(response, message);
      });
    });
    return receiver;
  }

  /** The ids of what arrived, sorted. */
  get ids(): string[] {
    return this.received.map(({ id }) => id).sort();
  }

  /** Stops answering; again, nothing happens. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }

  private take(response: ServerResponse, message: ReceivedMessage): void {
    this.received.push(message);
    this.underWay += 1;
    this.underWayMax = Math.max(this.underWayMax, this.underWay);
    response.on('close', () => {
      this.underWay -= 1;
    });
    this.answering(response, message);
  }
}

/** What a message says, once its signature is verified with the public library. @throws Error for a wrong one */
export function verified({ headers, body }: ReceivedMessage, secret: string): WebhookPayload {
  return new Webhook(secret).verify(body, headers as Record<string, string>) as WebhookPayload;
}

export interface WebhookPayload {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Answers with this status. */
export function answer(status: number, headers: Readonly<Record<string, string>> = {}, body = ''): Answering {
  return (response) => response.writeHead(status, headers).end(body);
}
