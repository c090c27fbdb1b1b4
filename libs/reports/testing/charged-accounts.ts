import { Amount } from '#amounts';
import { accountKey, DEFAULT_TERMS, type AccountKey, type AccountRef } from '#ledger';
import { PricedEngines } from '../../ledger-store/testing/priced-engines.ts';
import type { TestLedger } from '../../ledger-store/testing/test-ledger.ts';

const ENVIRONMENT = 'test';

export interface ChargedUsage {
  readonly model?: string;
  readonly quantity?: string;
  readonly user?: string;
}

/** Accounts of the environment `test`, charged by the service's own engine: names are as long as a spec wants them to be. */
export class ChargedAccounts {
  private constructor(
    private readonly engines: PricedEngines,
    private readonly ledger: TestLedger,
  ) {}

  static async at(databaseUrl: string): Promise<ChargedAccounts> {
    const engines = await PricedEngines.open(databaseUrl);
    return new ChargedAccounts(engines, engines.start());
  }

  async open(id: string): Promise<AccountKey> {
    const terms = { ...DEFAULT_TERMS, overage: 'debt', overdraftLimit: new Amount(1000) } as const;
    const account = refOf(id);
    await this.ledger.do({ type: 'create_account', account, unit: 'credits', terms });
    return account.key;
  }

  async charge(id: string, { model = 'm', quantity = 'calls', user = 'jo' }: ChargedUsage = {}): Promise<void> {
    const usage = [{ event: model, model, provider: model, [quantity]: 5 }];
    const spending = { account: refOf(id), tags: { user }, metadata: {} };
    await this.ledger.do({ type: 'charge', ...spending, amount: new Amount(1), usage });
  }

  close(): Promise<void> {
    return this.engines.close();
  }
}

function refOf(id: string): AccountRef {
  return { environment: ENVIRONMENT, id, key: accountKey(ENVIRONMENT, id) };
}
