import { redactBlocks } from './blocks.ts';
import { redactKeyValues } from './key-values.ts';
import { redactStatements } from './statements.ts';
import { redactTokens } from './tokens.ts';
import { redactUrls } from './urls.ts';

/**
 * Replaces the secrets of a text by `[redacted]`: docs/security.md says what is found and what cannot be. Losing a harmless word
 * is better than a password on Slack. Input may be hostile, so no text takes long: each rule reads a text once, and looks a bounded
 * number of characters ahead from each place.
 */
export function redact(text: string): string {
  if (text.length < SHORTEST || !HINT.test(text)) return text;
  const known = recent.get(text);
  if (known !== undefined) return known;
  const redacted = redactNow(text);
  if (text.length <= LONGEST_KEPT) {
    if (recent.size >= MOST_KEPT) recent.clear();
    recent.set(text, redacted);
  }
  return redacted;
}

/** The same names, ids and labels stand in every message of an incident and in every line of a digest. */
const recent = new Map<string, string>();
const MOST_KEPT = 2_000;
const LONGEST_KEPT = 200;

function redactNow(text: string): string {
  let left = text;
  // What is hidden may join what stood around it to another form; nobody has met more than two rounds.
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const redacted = RULES.reduce((each, rule) => rule(each), left);
    if (redacted === left) return left;
    left = redacted;
  }
  return left;
}

const RULES = [redactBlocks, redactUrls, redactStatements, redactKeyValues, redactTokens];
const MOST_ROUNDS = 4;
/** Shorter texts hold no pair with a secret that is worth it: `pwd=abc`. */
const SHORTEST = 7;
/** One of these is in every text with a secret; most texts have none, and cost no more than this. */
const HINT =
  /pass|pwd|secret|token|key|cred|auth|cookie|sess|sig|psk|pw[:=]|connect\.sid|kennwort|contrase|senha|пароль|密码|密碼|パスワード|비밀번호|kind|hmac|bearer|basic|:\/\/|%3A%2F%2F|identified|private|proxy|crypt|[\w.+/=:~-]{16}|\$[\w-]{1,10}\$|[ "']-[a-zA-Z]|:\*:|:\d{4,5}:|sqlplus|@tcp|@unix/i;
