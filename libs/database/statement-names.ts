import { createHash } from 'node:crypto';

const STATEMENTS_MAX = 500;

/**
 * Names for prepared statements, the same SQL always getting the same one. Postgres keeps what is prepared until the
 * connection closes, so the number is bounded: statements that come after the limit stay unnamed.
 */
export class StatementNames {
  readonly #names = new Map<string, string>();
  readonly #max: number;

  constructor(max = STATEMENTS_MAX) {
    this.#max = max;
  }

  nameOf(sql: string): string | undefined {
    const known = this.#names.get(sql);
    if (known !== undefined || this.#names.size >= this.#max) return known;
    const name = `purser_${createHash('sha256').update(sql).digest('hex').slice(0, 24)}`;
    this.#names.set(sql, name);
    return name;
  }
}
