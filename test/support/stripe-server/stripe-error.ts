/** An answer of the API that isn't a success, as Stripe words it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly body: { readonly type: string; readonly message: string } & Readonly<Record<string, unknown>>,
  ) {
    super(body.message);
  }
}

export function invalidRequest(message: string, more: Readonly<Record<string, unknown>> = {}, status = 400): ApiError {
  return new ApiError(status, { type: 'invalid_request_error', message, ...more });
}

export function missing(param: string): ApiError {
  return invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
}

export function noSuch(what: string, id: string, param: string): ApiError {
  return invalidRequest(`No such ${what}: '${id}'`, { code: 'resource_missing', param }, 404);
}
