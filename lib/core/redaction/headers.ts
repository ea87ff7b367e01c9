import { HIDDEN, isHarmlessValue } from './harmless-values.ts';
import { findClosing, readOpening } from './quotes.ts';
import { endsAround, type Pair, type Value } from './read-value.ts';

/** Headers whose whole value opens something: credentials of any scheme, and cookies. */
export function isSecretHeader(name: string): boolean {
  return /(?:^|[-_.])(?:(?:proxy-?)?authorization|(?:set-?)?cookie2?)$/i.test(name);
}

/** Schemes of Authorization that are shown, with what follows them hidden: IANA's registry and some vendors'. */
const SCHEMES =
  /^(?:basic|bearer|token|digest|api-?key|negotiate|ntlm|aws4-hmac-sha256|hawk|oauth|sharedkey(?:lite)?|sharedaccesssignature|geniekey|splunk|hmac|hoba|vapid|dpop|gnap|jwt|mutual|bot|ssws|key|mac|signature|scram-sha-(?:1|256)|privatetoken|zoho-oauthtoken)$/i;

/** Schemes with parameters instead of one token. */
const PARAMETER_SCHEMES =
  /^(?:digest|aws4-hmac-sha256|hawk|oauth|hmac|hoba|vapid|mac|signature|scram-sha-.*|zoho-oauthtoken|sharedaccesssignature)$/i;

const HEADER_ENDS = /\s[A-Z][A-Za-z-]{1,40}: |\n/;
const LIST_ENDS = /\s[A-Z][A-Za-z-]{1,40}: |\n|\](?=[\s,\]]|$)/;
/** What a header holds at most; servers refuse longer ones. */
const MAX_HEADER = 8_000;

/** The secret of a header: all after its scheme, to the end of its line, its quotes or the next header of the line. */
export function findHeaderValue(text: string, pair: Pair): Value | undefined {
  const { name, at, around, spaced } = pair;
  const isList = text[at] === '[' && !text.startsWith(HIDDEN, at);
  const begin = isList ? at + 1 : at;
  const opening = text.startsWith(HIDDEN, begin) ? undefined : readOpening(text, begin);
  const isOwn = opening !== undefined && !endsAround(text, opening, pair);
  const from = isOwn ? opening.from : begin;
  const rest = text.slice(from, isOwn ? text.length : from + MAX_HEADER);
  const quote = isOwn ? opening.quote : around;
  const closing = quote && findClosing(rest, 0, quote);
  const content = rest.slice(0, closing);
  const line = isOwn ? content : content.slice(0, findIndex(content, isList ? LIST_ENDS : HEADER_ENDS));
  const isCookie = !/authorization$/i.test(name);
  const scheme = isCookie ? '' : readScheme(line);
  const secret = line.slice(scheme.length);
  const word = /^\S*/.exec(secret)?.[0] ?? '';
  if (word.startsWith(HIDDEN) || isHarmlessValue(word, { name, quoted: false, spoken: spaced }))
    return undefined;
  const hasOneToken =
    !isOwn && !isCookie && (scheme === '' ? !spaced : !PARAMETER_SCHEMES.test(scheme.trim()));
  const length = isOwn ? secret.length : trimClosers(hasOneToken ? word : secret).length;
  return { from: from + scheme.length, to: from + scheme.length + length, quoted: isOwn };
}

/** The scheme with its space, if it is known: another first word may be the secret. */
function readScheme(line: string): string {
  const [, scheme = '', space = ''] = /^([\w-]{1,40})( {1,5}|%20|\+)/.exec(line) ?? [];
  return SCHEMES.test(scheme) ? scheme + space : '';
}

function findIndex(text: string, pattern: RegExp): number {
  const at = text.search(pattern);
  return at < 0 ? text.length : at;
}

/** Without brackets and commas at its end, which close what is around the header. */
function trimClosers(text: string): string {
  const trimmed = text.trimEnd().replace(/[,;)}\]]{1,3}$/, '');
  return trimmed === '' ? text : trimmed;
}
