import type { Pool } from '#database';
import type { Engine } from '#ledger-store';
import type { PaymentProviders } from '#payments';

/** What payments are made with. */
export interface PaymentWork {
  /** With the rights of requests. */
  readonly pool: Pool;
  readonly engine: Pick<Engine, 'submit'>;
  readonly providers: Pick<PaymentProviders, 'find' | 'test'>;
  readonly log: (line: string) => void;
  /** Waits after attempts with an unknown outcome; seconds, then minutes, where they aren't given. */
  readonly delaysMs?: readonly number[];
}
