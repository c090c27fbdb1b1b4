/** The plan that an account is on. Times are milliseconds since 1970, by the account's clock. */
export interface AccountPlan {
  /** The plan's UUID. */
  readonly plan: string;
  readonly since: number;
  /** What it changes to; `plan` is `null` where it ends. */
  readonly next: { readonly plan: string | null; readonly at: number } | null;
}
