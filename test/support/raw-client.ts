import { connect, type Socket } from 'node:net';

export interface RawClientOptions {
  /** What it sends as soon as it is connected. */
  readonly says?: string;
  /** Bytes per second that it reads; 0: none at all. By default it reads whatever comes. */
  readonly readsPerSecond?: number;
}

const READ_EVERY_MS = 50;
const TEXT_LENGTH_MAX = 64 * 1024;

/** Speaks to a service over a bare socket, and never closes its own side of the connection by itself. */
export class RawClient {
  isConnected = false;
  /** Whether the service has closed its side, or cut the connection. */
  isEnded = false;
  bytesRead = 0;
  /** The beginning of what it has read. */
  text = '';
  private readonly socket: Socket;
  private readonly reading: NodeJS.Timeout | undefined;

  constructor(url: string, { says = '', readsPerSecond }: RawClientOptions = {}) {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true }, () => {
      this.isConnected = true;
      if (says !== '') socket.write(says);
    });
    const end = (): void => {
      this.isEnded = true;
    };
    this.socket = socket.on('error', end).on('end', end).on('close', end);
    if (readsPerSecond === undefined) {
      socket.on('data', (bytes) => this.take(bytes));
      return;
    }
    const bytes = Math.floor((readsPerSecond * READ_EVERY_MS) / 1000);
    // Without a listener and without reading, nothing is taken off the connection.
    if (bytes === 0) socket.pause();
    else {
      socket.on('readable', () => undefined);
      this.reading = setInterval(() => this.read(bytes), READ_EVERY_MS);
    }
  }

  close(): void {
    clearInterval(this.reading);
    this.socket.destroy();
  }

  private read(bytes: number): void {
    const read = this.socket.read(Math.min(bytes, this.socket.readableLength)) as Buffer | null;
    if (read) this.take(read);
  }

  private take(read: Buffer): void {
    this.bytesRead += read.length;
    if (this.text.length < TEXT_LENGTH_MAX) this.text += read.toString('latin1');
  }
}
