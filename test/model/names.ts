import { randomUUID } from 'node:crypto';
import { accountKey, accountKeyOf, type AccountKey, type AccountRef, type ObjectRef } from '#ledger';
import { ACCOUNTS, FOREIGN, type AccountName, type ObjectName } from './requests.ts';

/** An object of no account at all. */
const NOWHERE = '00000000-0000-7000-8000-000000000000';

/** The environments of a world: that of most accounts, and the other one, of those with an `@`. */
export interface Environments {
  readonly home: string;
  readonly other: string;
  /** The UUIDs of their rate cards. */
  readonly cards: ReadonlyMap<string, string>;
}

/** What the objects of one sequence are called here, and which ids the service gave them. */
export class Names {
  readonly accounts: ReadonlyMap<AccountKey, AccountName>;
  private readonly ids = new Map<ObjectName, string>();
  private readonly names = new Map<string, ObjectName>();

  /** @param sequence tells this sequence's accounts from all others in the database. */
  constructor(
    private readonly sequence: string,
    private readonly environments: Environments,
  ) {
    this.accounts = new Map(ACCOUNTS.map((name) => [this.account(name).key, name]));
  }

  account(name: AccountName): AccountRef {
    const [own = name] = name.split('@');
    const environment = own === name ? this.environments.home : this.environments.other;
    const id = `${own}-${this.sequence}`;
    return { environment, id, key: accountKey(environment, id) };
  }

  /** The UUID of the API key that some requests are made with. */
  readonly key = randomUUID();

  /** The rate card of the account's environment. */
  card(name: AccountName): string {
    return this.environments.cards.get(this.account(name).environment) ?? '';
  }

  /** A text that no other sequence has. */
  own(text: string): string {
    return `${this.sequence}/${text}`;
  }

  object(name: ObjectName): ObjectRef {
    const isForeign = name.startsWith(FOREIGN);
    const id = this.ids.get(isForeign ? name.slice(FOREIGN.length) : name) ?? NOWHERE;
    const isAtHome = this.accounts.get(accountKeyOf(id))?.includes('@') !== true;
    return { environment: isForeign === isAtHome ? this.environments.other : this.environments.home, id };
  }

  /** Gives the id a name, unless it has one. */
  learn(name: ObjectName, id: string): void {
    if (this.names.has(id)) return;
    this.names.set(id, name);
    this.ids.set(name, id);
  }

  /** Whether the service has given it an id. */
  knows(name: ObjectName): boolean {
    return this.ids.has(name);
  }

  nameOf(id: string): ObjectName {
    return this.names.get(id) ?? id;
  }
}
