import {
  needsOf,
  weightOf,
  type AccountKey,
  type Command,
  type CommandType,
  type Decisions,
  type Needs,
  type Outcome,
  type Refilled,
  type Standing,
} from '#ledger';

/** The answer to a request, as it goes to the client and as it is remembered. */
export interface Rendered {
  readonly status: number;
  readonly body: string;
}

export interface Answer extends Rendered {
  /** True where the request had been answered before, under the same key. */
  readonly replayed: boolean;
}

/** A client's idempotency key. */
export interface IdempotencyKey {
  /** The account it is kept under. */
  readonly scope: AccountKey;
  /** The first half of the key's SHA-256, as a UUID. */
  readonly key: string;
  /** The first half of the whole request's SHA-256, as a UUID: says whether it is the same request. */
  readonly fingerprint: string;
  /** Kept for good, not for days. */
  readonly forever: boolean;
}

/** Who asks, for the audit log. */
export interface Actor {
  /** The UUID of the API key, and its name. */
  readonly keyId: string;
  readonly keyName: string;
  /** The operation, like `POST /v1/accounts`. */
  readonly call: string;
  readonly requestId: string;
}

/** A command on its way into the engine. */
export interface Submission<T extends CommandType = CommandType> {
  readonly command: Command<T>;
  readonly key: IdempotencyKey | null;
  /**
   * Writes the answer; it is called inside the transaction, because the answer is remembered in it. It may ask how the account
   * stands right after the decision.
   */
  readonly render: (outcome: Outcome<Decisions[T]>, standing: () => Standing | null) => Rendered;
  /** Characters of the request, where it is known: what has to be kept while it waits. */
  readonly length?: number;
  /** Where it is to be entered in the audit log. */
  readonly actor?: Actor | undefined;
}

/** A command in the engine, with what it asks of it. */
export interface Queued extends Submission {
  readonly needs: Needs;
  /** How many decisions it counts for. */
  readonly weight: number;
  readonly environment: string;
  /** What was leased for it since it was found to lack some; `null` where it lacked nothing yet. */
  refilled: Refilled | null;
}

export function queued<T extends CommandType>(submission: Submission<T>): Queued {
  // A queue holds submissions of every type; each is rendered by the function that came with its own command.
  const { command, key, render, actor } = submission as unknown as Submission;
  return {
    command,
    key,
    render,
    actor,
    needs: needsOf(command),
    weight: weightOf(command),
    environment: environmentOf(command),
    refilled: null,
  };
}

function environmentOf(command: Command): string {
  const first = 'items' in command ? command.items[0] : command;
  if (!first) return '';
  if ('account' in first) return first.account.environment;
  if ('purchase' in first) return first.purchase.environment;
  return 'grant' in first ? first.grant.environment : first.authorization.environment;
}
