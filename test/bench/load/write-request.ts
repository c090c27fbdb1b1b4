export type Method = 'POST' | 'PUT';

/** Writes a request as it goes over the wire, a POST unless it is said. All of it must be ASCII, so that its length is its size. */
export type WriteRequest = (path: string, body: string, idempotencyKey: string, method?: Method) => string;

export function requestWriter(url: string, adminKey: string): WriteRequest {
  const head = `Host: ${new URL(url).host}\r\nAuthorization: Bearer ${adminKey}\r\nContent-Type: application/json\r\n`;
  return (path, body, idempotencyKey, method = 'POST') =>
    `${method} ${path} HTTP/1.1\r\n${head}Idempotency-Key: ${idempotencyKey}\r\n` +
    `Content-Length: ${body.length}\r\n\r\n${body}`;
}
