import { csvLine, type Cell } from '#reports';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { callerOf } from '../auth/authenticate.ts';
import { problem, ProblemError } from '../problems/problem.ts';
import { MEDIA_TYPES, type StreamedFormat } from './row-format.ts';

/** As many files as are sent at once by one process, however slowly their readers read. */
const STREAMS_MAX = 40;
/** So that a customer leaves room for others, with however many keys of its own. */
const STREAMS_PER_BOUND_ACCOUNT_MAX = 4;
/** Who takes nothing for so long has gone. */
const STALLED_MS = 60_000;

/** As many rows are read at once. They are a few hundred kilobytes. */
export const ROWS_PER_PAGE = 1000;

/** Pages of rows as clients see them. */
export async function* viewsOf<Row, View>(
  pages: AsyncIterable<readonly Row[]>,
  viewOf: (row: Row) => View,
): AsyncGenerator<readonly View[]> {
  for await (const page of pages) yield page.map(viewOf);
}

/** The columns of a CSV file, in their order: their names, and what each shows of a row. */
export type Columns<View> = Readonly<Record<string, (view: View) => Cell>>;

export interface Rows<View> {
  readonly format: StreamedFormat;
  /** What the file is called, without an ending. */
  readonly name: string;
  /** The rows, a few at a time: the next are read when the client has taken the ones before. A failure cuts the answer off. */
  readonly pages: AsyncIterable<readonly View[]>;
  readonly columns: Columns<View>;
}

export interface StreamedText {
  readonly mediaType: string;
  /** What the file is called; `null`: it isn't a file to be kept. */
  readonly fileName: string | null;
  /** A failure cuts the answer off. */
  readonly chunks: AsyncIterable<string>;
}

/**
 * Answers rows as a file of CSV or of JSON lines, in constant memory: no more is read than the client takes. An answer that fails
 * midway is cut off, without the last chunk that ends a whole one, so no client takes a part for the whole.
 */
export class RowSender {
  /** The account that each open answer's key is bound to, if any. */
  private readonly open = new Map<object, string | null>();

  constructor(private readonly log: (line: string) => void) {}

  /**
   * @throws {ProblemError} where as many are being sent as may be
   * @throws what reading the first rows fails of, so that it is answered by a problem
   */
  async send<View>(reply: FastifyReply, rows: Rows<View>): Promise<void> {
    this.enter(reply);
    const pages = rows.pages[Symbol.asyncIterator]();
    const first = await pages.next();
    const chunks = this.chunksOf(rows, first, pages);
    this.stream(reply, { mediaType: MEDIA_TYPES[rows.format], fileName: `${rows.name}.${rows.format}`, chunks });
  }

  /**
   * Answers text, in constant memory too.
   *
   * @throws {ProblemError} where as many are being sent as may be
   */
  sendText(reply: FastifyReply, text: StreamedText): void {
    this.enter(reply);
    this.stream(reply, text);
  }

  private stream(reply: FastifyReply, { mediaType, fileName, chunks }: StreamedText): void {
    reply.header('content-type', `${mediaType}; charset=utf-8`);
    if (fileName !== null) reply.header('content-disposition', `attachment; filename="${fileName}"`);
    // nginx would keep megabytes of it on disk.
    reply.header('x-accel-buffering', 'no');
    void reply.send(Readable.from(this.watched(reply, chunks), { objectMode: true, highWaterMark: 1 }));
  }

  private enter(reply: FastifyReply): void {
    const { account, environment } = callerOf(reply.request);
    const owner = account === null ? null : `${environment}/${account}`;
    const ofOwner = [...this.open.values()].filter((one) => owner !== null && one === owner).length;
    if (this.open.size >= STREAMS_MAX || ofOwner >= STREAMS_PER_BOUND_ACCOUNT_MAX) {
      const detail = 'As many files are being sent as can be at once. Try again when one of them is done.';
      throw new ProblemError(problem('ledger_busy', detail), { 'retry-after': '5' });
    }
    // Who has gone meanwhile closes nothing any more.
    if (reply.raw.closed) return;
    this.open.set(reply, owner);
    reply.raw.once('close', () => this.open.delete(reply));
  }

  private async *chunksOf<View>(
    { format, columns }: Rows<View>,
    first: IteratorResult<readonly View[]>,
    pages: AsyncIterator<readonly View[]>,
  ): AsyncGenerator<string> {
    const read = Object.values(columns);
    const lineOf = (view: View): string =>
      format === 'csv' ? csvLine(read.map((cell) => cell(view))) : `${JSON.stringify(view)}\n`;
    try {
      if (format === 'csv') yield csvLine(Object.keys(columns));
      for (let page = first; page.done !== true; page = await pages.next()) {
        if (page.value.length > 0) yield page.value.map(lineOf).join('');
      }
    } finally {
      await pages.return?.();
    }
  }

  /** Ends with an error where its reader takes nothing any more, or where what is to be sent can't be read. */
  private async *watched(reply: FastifyReply, chunks: AsyncIterable<string>): AsyncGenerator<string> {
    try {
      for await (const chunk of chunks) {
        const stalled = setTimeout(() => reply.raw.destroy(), STALLED_MS);
        try {
          yield chunk;
        } finally {
          clearTimeout(stalled);
        }
      }
    } catch (error) {
      this.log(`A file was cut off, because its rows could not be read: ${messageOf(error)}`);
      throw error;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
