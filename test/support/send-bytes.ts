import { connect as connectSocket } from 'node:net';

/** Sends bytes that no HTTP client would, and waits for the connection's end. @returns the whole answer as text */
export function sendBytes(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host: hostname, port: Number(port) }, () => socket.write(bytes));
    let answer = '';
    socket.setEncoding('utf8').setTimeout(5000, () => socket.destroy(new Error(`no end of the answer: ${answer}`)));
    socket.on('data', (chunk: string) => (answer += chunk));
    socket.on('end', () => resolve(answer)).on('error', reject);
  });
}
