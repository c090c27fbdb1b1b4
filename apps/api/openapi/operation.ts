import type { Type } from '@nestjs/common';
import type { ProblemCode } from '../problems/problem.ts';
import type { JsonSchema } from './json-schema.ts';
import type { Tag } from './tags.ts';

/**
 * A request that shows how an operation is used. It is really sent: a test walks through all of them and keeps the answers,
 * which the API's description shows.
 */
export interface Example {
  /** Tells it from the operation's other examples. */
  readonly name: string;
  readonly summary: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly idempotencyKey?: string;
  /** Whose admin key it is sent with; `live`’s where it isn't said. */
  readonly environment?: 'test';
  /** The ids that its answer tells for the first time, in their order there, as the examples call them. */
  readonly ids?: readonly string[];
}

export interface Header {
  readonly description: string;
  readonly schema: JsonSchema;
}

export interface AnswerDescription {
  readonly description: string;
  /** Left out where the response has no body. */
  readonly schema?: JsonSchema;
  readonly headers?: Readonly<Record<string, Header>>;
  /** `application/json` where it isn't said. */
  readonly mediaType?: string;
  /** Other media types, of text, that the same can be had as. */
  readonly alsoAs?: readonly string[];
}

export interface PathParameter {
  readonly description: string;
  readonly schema: JsonSchema;
  /** Where no example of the operation has one. */
  readonly example?: string;
}

/** What the code of an operation doesn't say by itself. Its path, parameters, body and scopes are read from the code. */
export interface OperationDescription {
  /** A verb and what it is done to, for generated clients: `createAccount`. */
  readonly id: string;
  readonly summary: string;
  readonly description: string;
  readonly path?: Readonly<Record<string, PathParameter>>;
  /** What isn't answered by a problem, by its status. */
  readonly answers: Readonly<Record<number, AnswerDescription>>;
  /** Whether answers, declines too, say in headers how the account stands. */
  readonly tellsStanding?: true;
  /** Those that not every operation may have. */
  readonly problems?: readonly ProblemCode[];
  readonly examples: readonly Example[];
}

/** A description for every method of a controller; its helpers are private. */
export type OperationsOf<Controller> = { readonly [Method in keyof Controller]: OperationDescription };

export interface DescribedController {
  readonly controller: Type;
  /** The heading that its operations stand under. */
  readonly tag: Tag;
  readonly operations: Readonly<Record<string, OperationDescription>>;
}

/** A controller with its description. Only such can be part of the API. */
export function described<Controller extends object>(
  controller: Type<Controller>,
  tag: Tag,
  operations: OperationsOf<Controller>,
): DescribedController {
  return { controller, tag, operations };
}
