import { Amount } from '#amounts';
import type { Assumptions, Route } from '#reports';
import { IsOptional, ValidateBy } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { Gathered } from '../validation/body-classes.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { IsPartOfOne } from '../validation/month-rules.ts';
import { IsAccountId, IsRateCardId, IsVersion, isPlainObject, isText } from '../validation/rules.ts';
import { RangeQuery } from './range.query.ts';

const ROUTES_MAX = 50;
/** An event, a model and what is between them. */
const ROUTE_LENGTH_MAX = 513;
const TARGET_LENGTH_MAX = 256;

const ROUTES_SCHEMA: JsonSchema = {
  type: 'object',
  maxProperties: ROUTES_MAX,
  propertyNames: { pattern: '^route\\..+$', maxLength: 'route.'.length + ROUTE_LENGTH_MAX },
  additionalProperties: { type: 'string', minLength: 1, maxLength: TARGET_LENGTH_MAX },
};

function IsRoutes(): PropertyDecorator {
  return ValidateBy({
    name: 'isRoutes',
    constraints: [ROUTES_SCHEMA],
    validator: {
      validate: areRoutes,
      defaultMessage: () =>
        `must be at most ${String(ROUTES_MAX)} parameters like route.gpt-5=gpt-5-mini, each given once`,
    },
  });
}

function areRoutes(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const routes = Object.entries(value);
  if (routes.length > ROUTES_MAX) return false;
  return routes.every(([from, to]) => isText(from, 1, ROUTE_LENGTH_MAX) && isText(to, 1, TARGET_LENGTH_MAX));
}

export class WhatIfQuery extends RangeQuery {
  @Describe('Only requests of this account.')
  @IsOptional()
  @IsAccountId()
  readonly account?: string;

  @Describe('Prices of this rate card. Default: those that each request was priced by.')
  @IsOptional()
  @IsRateCardId()
  readonly rate_card?: string;

  @Describe('The version of the rate card. Default: the one in effect.')
  @IsOptional()
  @IsVersion()
  readonly version?: string;

  @Describe(
    'Another model: `route.gpt-5=gpt-5-mini` for a model, `route.chat.completed/gpt-5=…` for a model of one event, `route.chat.completed/*=…` for all models of it. `gpt-5-mini@openai` names the provider too. Up to 50.',
  )
  @Gathered
  @IsOptional()
  @IsRoutes()
  readonly route?: Readonly<Record<string, string>>;

  @Describe('The part of input tokens that is read from a cache, where less was: `0.3`.')
  @IsOptional()
  @IsPartOfOne()
  readonly cached?: string;

  @Describe('The part of requests that gets the property `batch`, of those without it: `0.2`.')
  @IsOptional()
  @IsPartOfOne()
  readonly batched?: string;
}

/** @throws {ProblemError} `invalid_request` for a version of no rate card */
export function assumptionsOf({ route, cached, batched, rate_card, version }: WhatIfQuery): Assumptions {
  if (version !== undefined && rate_card === undefined) {
    throw invalidRequest([{ field: 'version', message: 'must be given with rate_card' }]);
  }
  return {
    routes: new Map(Object.entries(route ?? {}).map(([from, to]) => [from, routeTo(to)])),
    cached: cached === undefined ? null : new Amount(cached),
    batched: batched === undefined ? null : new Amount(batched),
  };
}

function routeTo(target: string): Route {
  const at = target.lastIndexOf('@');
  if (at <= 0 || at === target.length - 1) return { model: target, provider: null };
  return { model: target.slice(0, at), provider: target.slice(at + 1) };
}
