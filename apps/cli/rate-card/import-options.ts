import { Amount } from '#amounts';
import { type Command, Option } from 'commander';
import { amountAboveZero, serviceUrl } from '../replay/option-values.ts';
import type { ServiceFlags } from './rate-card-service.ts';

export interface ImportFlags extends ServiceFlags {
  readonly provider: readonly string[];
  readonly model: readonly string[];
  readonly markup: Amount;
  readonly creditPrice: Amount;
  readonly event?: string;
  readonly name?: string;
  readonly card?: string;
  readonly unit: string;
  readonly purpose: string;
  readonly dryRun?: true;
}

export function addServiceOptions(command: Command): Command {
  return command
    .addOption(new Option('--url <url>', 'the service (default: the one that runs here)').argParser(serviceUrl))
    .option('--key <key>', 'an admin key of the service (default: PURSER_ADMIN_KEY)');
}

export function addImportOptions(command: Command): Command {
  const several = (value: string, before: readonly string[]): readonly string[] => [...before, value];
  const amount = (flags: string, description: string): Option =>
    new Option(flags, description).argParser(amountAboveZero).default(new Amount(1), '1');
  return addServiceOptions(command)
    .option('--provider <name>', 'models of this provider only; may be repeated', several, [])
    .option('--model <name>', 'this model only, or with a * all that begin so; may be repeated', several, [])
    .addOption(amount('--markup <factor>', 'what customers pay for what costs 1, e.g. 1.3'))
    .addOption(amount('--credit-price <usd>', 'what a unit of the card is worth in USD, e.g. 0.01'))
    .option('--event <name>', 'the event of all prices (default: by the kind of the model)')
    .option('--name <name>', "the card's name (default: that of the list and the providers)")
    .option('--card <id>', 'the card to change (default: the one of that name, or a new one)')
    .option('--unit <unit>', 'the unit of the amounts', 'credits')
    .addOption(
      new Option('--purpose <purpose>', 'what customers pay, or what vendors charge')
        .choices(['price', 'cost'])
        .default('price'),
    )
    .option('--dry-run', 'show what would change');
}
