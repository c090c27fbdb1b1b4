import type { AccountDecision } from '#ledger';
import type { NumberedEvent } from '#ledger-store';
import type { FastifyReply } from 'fastify';
import type { ServerResponse } from 'node:http';
import { accountView } from '../accounts/account.view.ts';
import { eventView } from '../events/event.view.ts';

const KEEP_ALIVE_MS = 15_000;
const CHECK_MS = 500;
/** A client that reads more slowly than this can be kept for is cut off. It comes back with `Last-Event-ID`. */
const UNREAD_MAX = 1024 * 1024;

export interface StreamOptions {
  /** Whether it may go on: the key is still let in, and the service isn't stopping. */
  readonly mayGoOn: () => boolean;
  /** Milliseconds after which it ends; `null`: it doesn't. */
  readonly endsAfter: number | null;
}

/** An answer of server-sent events (WHATWG HTML, 9.2): events under their numbers, and the balance whenever it has changed. */
export class AccountStream {
  private readonly response: ServerResponse;
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(reply: FastifyReply, { mayGoOn, endsAfter }: StreamOptions) {
    reply.hijack();
    this.response = reply.raw;
    const headers = Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    this.response.writeHead(200, {
      ...Object.fromEntries(headers),
      'content-type': 'text/event-stream; charset=utf-8',
      // nginx would keep messages back until it has some thousand bytes of them.
      'x-accel-buffering': 'no',
    });
    this.response.flushHeaders();
    const keepAlive = setInterval(() => this.write(': still here\n\n'), KEEP_ALIVE_MS);
    const check = setInterval(() => {
      if (!mayGoOn()) this.end();
    }, CHECK_MS);
    this.timers.push(keepAlive, check);
    if (endsAfter !== null && endsAfter > 0) this.timers.push(setTimeout(() => this.end(), endsAfter));
    this.response.once('close', () => {
      for (const timer of this.timers) clearTimeout(timer);
    });
  }

  onClose(listener: () => void): void {
    this.response.once('close', listener);
  }

  send({
    events,
    account,
  }: {
    readonly events: readonly NumberedEvent[];
    readonly account: AccountDecision | null;
  }): void {
    for (const event of events) {
      this.write(`id: ${String(event.sequence)}\nevent: ${event.type}\ndata: ${JSON.stringify(eventView(event))}\n\n`);
    }
    if (account) {
      const { id, balance } = accountView(account);
      this.write(`event: balance\ndata: ${JSON.stringify({ account: id, balance })}\n\n`);
    }
  }

  end(): void {
    this.response.end();
  }

  private write(text: string): void {
    if (this.response.writableEnded) return;
    this.response.write(text);
    if (this.response.writableLength > UNREAD_MAX) this.response.destroy();
  }
}
