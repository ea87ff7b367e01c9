import type { Payload } from './payloads.ts';
import { payloads } from './payloads.ts';

const MAX_REPORTED = 12;
const MAX_TEXT = 120;

/** Looks at one payload at its sink, and throws when it is more than data there. */
export type Check = (text: string) => void | Promise<void>;

/** The payloads that a check threw at, with its reason; empty when none escaped. */
export async function findEscapes(check: Check, all: readonly Payload[] = payloads): Promise<string[]> {
  const escapes: string[] = [];
  for (const payload of all) {
    if (escapes.length === MAX_REPORTED) break;
    try {
      await check(payload.text);
    } catch (error) {
      escapes.push(`${describePayload(payload)}: ${firstLines(error)}`);
    }
  }
  return escapes;
}

function describePayload({ family, text }: Payload): string {
  return `${family} ${JSON.stringify(text.slice(0, MAX_TEXT))}`;
}

/** The whole difference of two documents would be longer than what people read. */
function firstLines(error: unknown): string {
  return String(error).split('\n').slice(0, 6).join(' ').slice(0, 400);
}
