import { accountKey, needsOf, type Command, type CommandType, type Decisions, type Outcome } from '#ledger';
import { createHash } from 'node:crypto';
import { Engine, type EngineOptions } from '../engine/engine.ts';
import type { Answer, IdempotencyKey, Rendered } from '../engine/submission.ts';
import { createAccount, createGrant, type AccountOptions } from './commands.ts';

/** An answer as specs look at it. */
export interface Said {
  /** `ok`, or the code of the refusal. */
  readonly code: string;
  readonly replayed: boolean;
  readonly body: string;
}

/** An engine that speaks commands. Every answer must be a "yes" unless it is asked by {@link TestLedger.ask}. */
export class TestLedger {
  readonly engine: Engine;

  constructor(databaseUrl: string, options: Partial<EngineOptions> = {}) {
    this.engine = new Engine({ databaseUrl, log: () => undefined, ...options });
  }

  /** Submits a command. @param key the client's idempotency key, as text. */
  async ask<T extends CommandType>(command: Command<T>, key: string | null = null): Promise<Said> {
    return said(await this.submit(command, key));
  }

  /** Submits a command that must be accepted, and reads what was decided. */
  async do<T extends CommandType>(command: Command<T>, key: string | null = null): Promise<Plain<Decisions[T]>> {
    const answer = await this.submit(command, key);
    if (answer.status !== 200) throw new Error(`${command.type} was refused: ${answer.body}`);
    return JSON.parse(answer.body) as Plain<Decisions[T]>;
  }

  submit<T extends CommandType>(command: Command<T>, key: string | null = null): Promise<Answer> {
    return this.engine.submit<T>({ command, key: key === null ? null : keyOf(command as Command, key), render });
  }

  /** Makes an account with credits. */
  async account(id: string, credits: string | null = null, options: AccountOptions = {}): Promise<void> {
    await this.do(createAccount(id, options));
    if (credits !== null) await this.do(createGrant(id, credits));
  }

  stop(): Promise<void> {
    return this.engine.stop();
  }
}

/** What JSON makes of a decision: its amounts are text. */
type Plain<T> = T extends string | number | boolean | null
  ? T
  : T extends { toFixed(): string }
    ? string
    : T extends readonly (infer Item)[]
      ? Plain<Item>[]
      : { [Name in keyof T]: Plain<T[Name]> };

export function render(outcome: Outcome<object>): Rendered {
  if (outcome.ok) return { status: 200, body: JSON.stringify(outcome.value) };
  return { status: 402, body: JSON.stringify(outcome.refusal) };
}

export function said({ status, body, replayed }: Answer): Said {
  return { code: status === 200 ? 'ok' : (JSON.parse(body) as { code: string }).code, replayed, body };
}

/** A client's key, scoped as the API scopes it. The request's fingerprint is the command's. */
export function keyOf(command: Command, text: string): IdempotencyKey {
  const [first] = command.type === 'create_account' ? [] : needsOf(command).accounts;
  return {
    scope: first ?? accountKey('live', ''),
    key: halfDigest(text),
    fingerprint: halfDigest(JSON.stringify(command)),
    forever: command.type === 'create_grant',
  };
}

function halfDigest(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
