import type { Amount } from '#amounts';

/** A value as it is stored as JSON: its amounts are text. */
export type Stored<T> = T extends Amount
  ? string
  : T extends object
    ? { readonly [Field in keyof T]: Stored<T[Field]> }
    : T;
