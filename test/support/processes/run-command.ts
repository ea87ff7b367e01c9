import { execFile } from 'node:child_process';
import { Console } from 'node:console';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { CommandCall } from '../../../scripts/command-line/command.ts';
import { type Commands, runCommand } from '../../../scripts/command-line/run-commands.ts';

const PROJECT = join(import.meta.dirname, '..', '..', '..');

export type Ran = { code: number; stdout: string; stderr: string };

export type CommandOptions = {
  /** The complete environment; nothing is inherited. */
  environment?: NodeJS.ProcessEnv;
  /** The content of standard input. */
  input?: string;
};

/** Runs a command of an npm script in this process, as the script would. */
export async function runHere(
  commands: Commands,
  args: string[],
  { environment = {}, input = '' }: CommandOptions = {},
): Promise<Ran> {
  const [stdout, stderr] = [new KeptText(), new KeptText()];
  const console = new Console({ stdout, stderr });
  const code = await runCommand(commands, { args, environment, stdout, console, readInput: () => input });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

/** Runs `npm run -s NAME -- ARGS` as a process, like people do. */
export function runNpmScript(
  name: string,
  args: string[],
  { environment = {}, input = '' }: CommandOptions = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      'npm',
      ['run', '--silent', name, '--', ...args],
      { cwd: PROJECT, env: { PATH: process.env.PATH, ...environment }, maxBuffer: 16 << 20 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });
}

/** The call of a command that gets only arguments. */
export function calledWith(args: string[]): CommandCall {
  const nowhere = new KeptText();
  const console = new Console({ stdout: nowhere, stderr: nowhere });
  return { args, environment: {}, stdout: nowhere, console, readInput: () => '' };
}

class KeptText extends Writable {
  readonly #parts: Buffer[] = [];

  override _write(part: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#parts.push(part);
    done();
  }

  text(): string {
    return Buffer.concat(this.#parts).toString('utf8');
  }
}
