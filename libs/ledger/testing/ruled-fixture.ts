import type { Finding } from '../findings.ts';
import { environmentRulesFrom, ownRulesFrom, type OwnRulesJson, type RulesJson } from '../rules-json.ts';
import { accountRef, ENVIRONMENT } from './ledger-fixture.ts';
import { PricedFixture } from './priced-fixture.ts';

interface ResumeOptions {
  readonly tag?: string;
  readonly value?: string;
  readonly onlyEnded?: boolean;
}

/** An empty ledger with prices and rules, whose clock stands still at this time. */
export function ruledLedgerAt(time: string): RuledFixture {
  return new RuledFixture(Date.parse(time));
}

/** A ledger whose accounts have rules against usage that runs away. */
export class RuledFixture extends PricedFixture {
  /** Sets an account's own rules. */
  setRules(id: string, rules: OwnRulesJson): this {
    this.run<'set_rules'>({ type: 'set_rules', account: accountRef(id), rules: ownRulesFrom(rules) });
    return this;
  }

  /** Sets the rules of accounts that have none of their own. */
  setDefaultRules(rules: RulesJson): this {
    this.rows.defaultRules.set(ENVIRONMENT, environmentRulesFrom(rules));
    return this;
  }

  /** Says what a rule has found, as the worker does. @returns whether it was reported */
  restrain(id: string, finding: Finding): boolean {
    return this.run<'restrain'>({ type: 'restrain', account: accountRef(id), finding }).reported;
  }

  resumeUsage(id: string, { tag, value, onlyEnded = false }: ResumeOptions = {}): this {
    const command = { type: 'resume_usage', account: accountRef(id), tag: tag ?? null, value: value ?? null } as const;
    this.run<'resume_usage'>({ ...command, onlyEnded });
    return this;
  }
}
