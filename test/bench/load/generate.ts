import type { LoadResult } from './load.ts';
import type { LoadReply, LoadRequest } from './messages.ts';
import { prepareLoad, type PreparedLoad } from './prepare-load.ts';
import { runLoad } from './run-load.ts';

/** The load process: it does what its parent asks, and ends with it. */
let prepared: PreparedLoad | null = null;

process.on('message', (request) => void obey(request as LoadRequest).then(reply, replyProblem));
process.once('disconnect', () => process.exit());

async function obey(request: LoadRequest): Promise<LoadResult | null> {
  switch (request.do) {
    case 'prepare':
      prepared = await prepareLoad(request.clients, request.load);
      return null;
    case 'run':
      if (!prepared) throw new Error('prepare a load first');
      return await runLoad(prepared);
    case 'disconnect':
      for (const { connection } of prepared?.workers ?? []) connection.close();
      prepared = null;
      return null;
  }
}

function reply(result: LoadResult | null): void {
  send({ ok: true, result });
}

function replyProblem(error: unknown): void {
  send({ ok: false, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}

function send(message: LoadReply): void {
  process.send?.(message);
}
