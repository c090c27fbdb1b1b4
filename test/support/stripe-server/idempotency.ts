import { ApiError } from './stripe-error.ts';

export interface Answer {
  readonly status: number;
  readonly body: object;
}

/** Answers by their idempotency keys, as Stripe keeps them: errors of its own too, but not what it refused before beginning. */
export class Idempotency {
  readonly #known = new Map<string, { readonly request: string; answer: Answer | null }>();

  /** Runs a request unless its key is known. @throws ApiError where the key is another request's, or that is under way */
  async once(
    key: string,
    request: string,
    run: () => Promise<Answer>,
  ): Promise<{ readonly answer: Answer; readonly isReplay: boolean }> {
    const known = this.#known.get(key);
    if (known !== undefined && known.request !== request) {
      throw new ApiError(400, {
        type: 'idempotency_error',
        message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      });
    }
    if (known !== undefined) {
      if (known.answer !== null) return { answer: known.answer, isReplay: true };
      throw new ApiError(409, {
        type: 'idempotency_error',
        code: 'idempotency_key_in_use',
        message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}.`,
      });
    }
    const entry: { readonly request: string; answer: Answer | null } = { request, answer: null };
    this.#known.set(key, entry);
    try {
      entry.answer = await run();
      return { answer: entry.answer, isReplay: false };
    } catch (error) {
      // Validation failed: nothing began, so nothing is kept.
      this.#known.delete(key);
      throw error;
    }
  }

  /** Forgets all keys, as Stripe does after a day. */
  forget(): void {
    this.#known.clear();
  }
}
