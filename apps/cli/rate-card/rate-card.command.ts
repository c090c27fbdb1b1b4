import type { Json } from '#amounts';
import { genaiModels, litellmModels, parsePrices, type PublishedList } from '#pricing';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { StartError } from '../start/start-error.ts';
import { importCard } from './import-card.ts';
import { addImportOptions, addServiceOptions, type ImportFlags } from './import-options.ts';
import { rateCardService, type ServiceFlags } from './rate-card-service.ts';
import { selectModels } from './select-models.ts';

const IMPORT_HELP = `
The card, or its new version, has the prices of the selected models and no others. What changes is printed model by model, and so is what a rate card can't say as the list does. Nothing is published where nothing changes.

Examples:
  purser rate-card import genai-prices --provider anthropic --markup 1.3 --credit-price 0.01
  purser rate-card import litellm model_prices_and_context_window.json --provider openai --dry-run
`;

/** Adds `purser rate-card` with its commands. */
export function registerRateCard(program: Command): void {
  const rateCard = program.command('rate-card').description('rate cards: what usage costs');
  const imports = rateCard
    .command('import')
    .description('make a rate card of a published list of prices, or update it')
    .addHelpText('after', IMPORT_HELP);
  addImportOptions(imports.command('genai-prices'))
    .description('from the list that comes with Purser, as of now')
    .action(async (flags: ImportFlags) => runImport('genai-prices', await genaiModels(Date.now()), flags));
  addImportOptions(imports.command('litellm'))
    .description("from LiteLLM's model_prices_and_context_window.json")
    .argument('<file>', 'the file')
    .action(async (file: string, flags: ImportFlags) => runImport('litellm', await readLitellm(file), flags));
  addServiceOptions(rateCard.command('list')).description('list the rate cards').action(list);
  addServiceOptions(rateCard.command('show'))
    .description('write the prices of a card, as JSON')
    .argument('<card>', 'its id')
    .action(show);
  rateCard
    .command('validate')
    .description('check a file of prices, and name all their faults')
    .argument('<file>', 'JSON: a list of prices, or a card with them')
    .action(validate);
}

async function runImport(source: string, published: PublishedList, flags: ImportFlags): Promise<void> {
  const { provider: providers, model: models, markup, creditPrice, event = null, unit, purpose } = flags;
  const selected = selectModels(published, { providers, models });
  // Where all models are one provider's, usage needn't say so.
  const options = { markup, creditPrice, event, byProvider: providers.length !== 1 };
  const name = flags.name ?? [source, ...providers].join(' ');
  const target = { card: flags.card ?? null, name, unit, purpose, isDryRun: flags.dryRun === true };
  console.log(await importCard(await rateCardService(flags), selected, options, target));
}

async function readLitellm(file: string): Promise<PublishedList> {
  const list = litellmModels(await readJson(file));
  if (list) return list;
  throw new StartError(`${file} isn't LiteLLM's list of models: an object of model names, each with its costs.`);
}

async function list(flags: ServiceFlags): Promise<void> {
  const cards = await (await rateCardService(flags)).list();
  for (const { id, name, unit, purpose, version, archived_at: archived } of cards) {
    console.log(`${id}  version ${version}  ${purpose} in ${unit}  ${name}${archived === null ? '' : ' (archived)'}`);
  }
}

async function show(card: string, flags: ServiceFlags): Promise<void> {
  const { prices } = await (await rateCardService(flags)).newest(card);
  console.log(JSON.stringify(prices, null, 2));
}

async function validate(file: string): Promise<void> {
  const json = await readJson(file);
  const isCard = typeof json === 'object' && json !== null && 'prices' in json;
  const parsed = parsePrices(isCard ? json.prices : json);
  if (parsed.ok) {
    console.log(`${file} has ${parsed.prices.prices.length} prices without a fault.`);
    return;
  }
  for (const { field, message } of parsed.faults) console.log(`${field} ${message}`);
  throw new StartError(`${file} has ${parsed.faults.length} faults.`);
}

async function readJson(file: string): Promise<Json> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Json;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`${file} can't be read as JSON: ${reason}`, { cause: error });
  }
}
