import { environmentRulesFrom } from '#ledger';
import { AccountReader, RuleDryRun } from '#ledger-store';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { accountNotFound, accountRef } from '../accounts/account-ref.ts';
import { Environment } from '../auth/authenticate.ts';
import { ChangesNothing, Needs } from '../auth/needs.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { parseInstant } from '../validation/rules.ts';
import { DryRunBody } from './dry-run.body.ts';
import { dryRunView } from './dry-run.view.ts';

/** What rules would have caught. Nothing is changed. */
@Controller('v1/limits/dry-run')
export class DryRunController {
  constructor(
    private readonly accounts: AccountReader,
    private readonly dryRun: RuleDryRun,
  ) {}

  @Post()
  @HttpCode(200)
  @Needs('read')
  @ChangesNothing()
  async run(@Environment() environment: string, @Body() body: DryRunBody) {
    const [from, to] = [parseInstant(body.from) ?? 0, parseInstant(body.to) ?? 0];
    if (to <= from) throw invalidRequest([{ field: 'to', message: 'must be after from' }]);
    const id = body.account ?? null;
    const account = id === null ? null : accountRef(environment, id);
    if (account && !(await this.accounts.find(account))) throw accountNotFound(account.id);
    const rules = environmentRulesFrom(body.rule);
    return dryRunView(await this.dryRun.run({ environment, account, from, to, rules }));
  }
}
