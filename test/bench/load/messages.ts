import type { Clients, Load, LoadResult } from './load.ts';

/** What the load process is asked to do, one after the other. */
export type LoadRequest =
  | { readonly do: 'prepare'; readonly clients: Clients; readonly load: Load }
  | { readonly do: 'run' }
  | { readonly do: 'disconnect' };

export type LoadReply =
  | { readonly ok: true; readonly result: LoadResult | null }
  /** `problem`: what went wrong, for whoever reads the run. */
  | { readonly ok: false; readonly problem: string };
