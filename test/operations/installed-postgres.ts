import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, chown, mkdir, readdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { eventually } from '../support/eventually.ts';
import { administer } from '../support/test-database.ts';

const run = promisify(execFile);
const INSTALLATIONS = '/usr/lib/postgresql';
const PROGRAMS = ['initdb', 'postgres', 'pg_basebackup', 'pg_dump', 'pg_restore'];
const VERSION_MIN = 15;

/** A Postgres of the system's, with the programs that the embedded one lacks: those that copy, dump and restore. */
export class InstalledPostgres {
  private constructor(
    private readonly programs: string,
    /** Postgres refuses to run as root. */
    private readonly user: { readonly uid: number; readonly gid: number } | null,
  ) {}

  /** The newest that is installed as Debian does; `null` where there is none. */
  static async find(): Promise<InstalledPostgres | null> {
    const versions = (await namesIn(INSTALLATIONS)).map(Number).filter((one) => one >= VERSION_MIN);
    for (const version of versions.sort((a, b) => b - a)) {
      const programs = `${INSTALLATIONS}/${version}/bin`;
      const there = await namesIn(programs);
      if (!PROGRAMS.every((program) => there.includes(program))) continue;
      if (process.getuid?.() !== 0) return new InstalledPostgres(programs, null);
      // Debian's package makes the user.
      const [uid, gid] = await Promise.all(['-u', '-g'].map((what) => run('id', [what, 'postgres'])));
      return new InstalledPostgres(programs, { uid: Number(uid?.stdout), gid: Number(gid?.stdout) });
    }
    return null;
  }

  /** Makes this folder one that the server can write to. */
  async makeFolder(folder: string): Promise<string> {
    await mkdir(folder, { mode: 0o700 });
    if (this.user) await chown(folder, this.user.uid, this.user.gid);
    return folder;
  }

  /** Runs one of its programs to its end. @throws where that fails, with what it wrote */
  async run(program: string, args: readonly string[]): Promise<string> {
    const { stdout } = await run(`${this.programs}/${program}`, [...args], { ...this.user, cwd: '/' });
    return stdout;
  }

  /** A new server without anything in it but the role and the database of an operator's. */
  async startNew(data: string, settings: readonly string[] = []): Promise<InstalledServer> {
    await this.makeFolder(data);
    await this.run('initdb', [
      `--pgdata=${data}`,
      '--username=postgres',
      '--auth=trust',
      '--encoding=UTF8',
      '--no-sync',
    ]);
    const server = await this.start(data, settings);
    await administer(server.adminUrl, 'create role purser login createrole createdb');
    await administer(server.adminUrl, 'create database purser owner purser');
    return server;
  }

  /** A server on data that is there. It is ready when it takes connections. */
  async start(data: string, settings: readonly string[] = []): Promise<InstalledServer> {
    const port = await freePort();
    const all = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', ...settings];
    const args = ['-D', data, ...all.flatMap((setting) => ['-c', setting])];
    const child = spawn(`${this.programs}/postgres`, args, {
      ...this.user,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const server = new InstalledServer(port, child);
    await server.ready();
    return server;
  }
}

export class InstalledServer {
  private log = '';
  private readonly ended: Promise<void>;

  constructor(
    private readonly port: number,
    private readonly child: ChildProcess,
  ) {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    this.ended = new Promise((resolve) => child.once('close', () => resolve()));
  }

  /** As its superuser. */
  get adminUrl(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`;
  }

  /** As the role that owns Purser's database. */
  get url(): string {
    return `postgres://purser@127.0.0.1:${this.port}/purser`;
  }

  async ready(): Promise<void> {
    await eventually('the installed Postgres takes connections', async () => {
      if (this.child.exitCode !== null) throw new Error(`The installed Postgres ended:\n${this.log}`);
      return administer(this.adminUrl, 'select 1').then(
        () => true,
        () => false,
      );
    });
  }

  /** Stops it; its data stays. */
  async remove(): Promise<void> {
    this.child.kill('SIGINT');
    await this.ended;
  }
}

/** Adds lines to the configuration of a server that isn't running. */
export async function configure(data: string, lines: readonly string[]): Promise<void> {
  await appendFile(`${data}/postgresql.auto.conf`, `${lines.join('\n')}\n`);
}

/** Nothing where there is no such folder. */
async function namesIn(folder: string): Promise<string[]> {
  return existsSync(folder) ? readdir(folder) : [];
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
