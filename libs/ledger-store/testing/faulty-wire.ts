import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What happens to the next transaction's commit; both ends' connections are cut. */
type CommitFault = 'lost' | 'answer lost';

const BEGIN = Buffer.from('begin read write\0');
const COMMIT = Buffer.from('commit\0');
const ROLLBACK = Buffer.from('rollback\0');

/** A way to Postgres over which things go wrong as they do on a network. */
export class FaultyWire {
  private readonly pairs = new Set<readonly [client: Socket, server: Socket]>();
  private nextCommit: CommitFault | null = null;
  private silent = false;
  private spoilsBegin = false;
  private heldBack: (readonly [client: Socket, chunk: Buffer])[] | null = null;

  private constructor(
    private readonly listener: Server,
    private readonly databaseUrl: URL,
  ) {
    listener.on('connection', (client) => this.join(client));
  }

  static async to(databaseUrl: string): Promise<FaultyWire> {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new FaultyWire(listener, new URL(databaseUrl));
  }

  /** The database's URL by this way. */
  get url(): string {
    const url = new URL(this.databaseUrl);
    url.port = String((this.listener.address() as AddressInfo).port);
    return url.href;
  }

  /** The next commit of what was written doesn't reach Postgres, or its answer doesn't reach the client. */
  failNextCommit(fault: CommitFault): void {
    this.nextCommit = fault;
  }

  /** The next transaction is refused its beginning, as when somebody cancels just that statement. */
  failNextBegin(): void {
    this.spoilsBegin = true;
  }

  /** From now on nothing arrives at either end, and nobody is told; {@link speak} ends it for new connections. */
  fallSilent(): void {
    this.silent = true;
  }

  /** From now on what Postgres answers is held back, until {@link letThrough} delivers it in one piece. */
  holdBack(): void {
    this.heldBack = [];
  }

  letThrough(): void {
    const answers = this.heldBack ?? [];
    this.heldBack = null;
    for (const client of new Set(answers.map(([to]) => to))) {
      client.write(Buffer.concat(answers.flatMap(([to, chunk]) => (to === client ? [chunk] : []))));
    }
  }

  speak(): void {
    this.cut();
    this.silent = false;
  }

  cut(): void {
    for (const pair of this.pairs) cutPair(pair);
  }

  /** Takes no connection any more. */
  async refuse(): Promise<void> {
    this.listener.close();
    await once(this.listener, 'close');
  }

  async close(): Promise<void> {
    this.cut();
    this.listener.close();
    await once(this.listener, 'close');
  }

  private join(client: Socket): void {
    const { hostname, port } = this.databaseUrl;
    const server = connect(Number(port), hostname);
    const pair = [client, server] as const;
    this.pairs.add(pair);
    let deaf = false;
    let writes = false;
    client.on('data', (chunk) => {
      if (this.silent) return;
      const begin = this.spoilsBegin ? chunk.indexOf(BEGIN) : -1;
      if (begin >= 0) {
        chunk.write('begjn', begin);
        this.spoilsBegin = false;
      }
      writes ||= chunk.includes(BEGIN);
      const at = this.nextCommit === null || !writes ? -1 : chunk.indexOf(COMMIT);
      if (chunk.includes(COMMIT) || chunk.includes(ROLLBACK)) writes = false;
      if (at < 0) {
        server.write(chunk);
      } else if (this.nextCommit === 'lost') {
        // The message starts with its kind and its length.
        server.write(chunk.subarray(0, at - 5), () => cutPair(pair));
      } else {
        deaf = true;
        server.write(chunk);
      }
      if (at >= 0) this.nextCommit = null;
    });
    server.on('data', (chunk) => {
      if (this.silent) return;
      if (this.heldBack) this.heldBack.push([client, chunk]);
      else if (!deaf) client.write(chunk);
      else if (chunk.includes('COMMIT\0') || chunk.includes('ROLLBACK\0')) cutPair(pair);
    });
    for (const socket of pair) {
      socket.on('error', () => cutPair(pair));
      socket.on('close', () => {
        cutPair(pair);
        this.pairs.delete(pair);
      });
    }
  }
}

function cutPair(pair: readonly Socket[]): void {
  for (const socket of pair) socket.destroy();
}
