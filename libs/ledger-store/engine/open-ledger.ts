import { connect } from '#database';
import { AlertDefaults } from '../alerts/alert-defaults.ts';
import { Engine } from './engine.ts';

export interface OpenLedgerOptions {
  readonly databaseUrl: string;
  /** The most authorizations that an account may have open at once; 0 for no bound. */
  readonly openHoldsMax: number;
  readonly log: (line: string) => void;
}

/** A process's engine, and the settings that its decisions follow. A process has one, whatever it does beside. */
export interface Ledger extends AsyncDisposable {
  readonly engine: Engine;
  readonly alertDefaults: AlertDefaults;
}

/** To look settings up, and to change them. */
const CONNECTIONS_MAX = 2;
const ANSWER_TIMEOUT_MS = 15_000;

/** @throws Error where the database can't be reached, or isn't migrated */
export async function openLedger({ databaseUrl, openHoldsMax, log }: OpenLedgerOptions): Promise<Ledger> {
  await using opening = new AsyncDisposableStack();
  const pool = connect(databaseUrl, {
    connectionsMax: CONNECTIONS_MAX,
    settings: { role: 'purser_app' },
    answerTimeoutMs: ANSWER_TIMEOUT_MS,
    log,
  });
  opening.defer(() => pool.end());
  const alertDefaults = await AlertDefaults.open(pool, log);
  opening.defer(() => alertDefaults.close());
  const rules = {
    alertRules: alertDefaults.rules,
    openHoldsMax: openHoldsMax === 0 ? Number.POSITIVE_INFINITY : openHoldsMax,
  };
  const engine = new Engine({ databaseUrl, log, rules });
  opening.defer(() => engine.stop());
  const opened = opening.move();
  return { engine, alertDefaults, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
