/**
 * Values after a secret's name that are no secrets: a word about it, as in `token: expired`, a reference, or what was redacted
 * before. A password that is one of these words is not found.
 */

/** What stands in place of a secret. */
export const HIDDEN = '[redacted]';

const NOTHING =
  /^(?:[^\p{L}\p{N}\s]{1,2}|[|>][+-]?\d?|true|false|null|nil|none|undefined|unset|empty|\[\]|\{\}|\*{3,}|x{5,}|\[?<?\(?(?:redacted|hidden|masked|filtered|omitted|not shown)\)?>?\]?)$/iu;
/** `${DB_PASSWORD}`, `$TOKEN`, `{{ token }}`, `<password>`, `%s`, `@Ref`. */
const REFERENCE =
  /^(?:\$\{[^}]*\}?|\$[A-Z_][A-Z0-9_]*|\$\(|\{\{.*|<[a-z][a-z _-]*>|%[sdvq]|valueFrom|secretKeyRef)$/;

const STATES = new Set(
  'expired invalid missing required optional valid revoked unknown failed failure rejected denied incorrect wrong absent present set unset changed rotated ok yes no on off enabled disabled unauthorized forbidden unsupported malformed unavailable'.split(
    ' ',
  ),
);

/** First words of the sentences that follow a colon in logs: `cannot read token: open /run/token`. */
const SENTENCE = new Set(
  'a an the is was are has had not no cannot could can does did must should will would may too only still already and or but in on at of for from to with without by as if it its this that these they we you your our their user authentication authorization permission access connection context timeout request response server client error errors eof io unexpected unable token tokens password passwords secret secrets key keys credential credentials cookie auth login read write open get post put dial lookup parse parsing json yaml http https tls x509 certificate signature rpc code status exit file path key: value values empty bad illegal max min expected got want found unmarshal decode decoding reading writing waiting retrying retry see check using use after before until none internal invalid_grant invalid_client invalid_token insufficient quota rate limit limits exceeded please contact did make ensure when while because since deadline operation resource stream unknown: failed: there flag flags option options hash field fields'.split(
    ' ',
  ),
);

export type ValueContext = {
  name: string;
  /** Whether quotes end the value; then it is data and no sentence. */
  quoted: boolean;
  /** Whether a colon and a space precede it, as in a sentence. */
  spoken: boolean;
};

export function isHarmlessValue(value: string, { name, quoted, spoken }: ValueContext): boolean {
  if (value === '' || NOTHING.test(value) || REFERENCE.test(value)) return true;
  if (/^(?:old)?pwd$/i.test(name) && /^[/~]|^[A-Z]:/.test(value)) return true;
  const bare = value.replace(/[.,;:!?)\]]+$/, '');
  if (STATES.has(bare.toLowerCase()) && !/^\d/.test(bare)) return true;
  // Counts, and names of Kubernetes' Secrets.
  if (/(?:tokens|keys|secrets|credentials|pass)$/i.test(name) && /^[\d.,/%]+$/.test(value)) return true;
  if (/^(?:token|key)$/i.test(name) && /^\d{1,3}$/.test(value)) return true;
  if (/^secret$/i.test(name) && /^[a-z]+(?:[-.][a-z0-9]{1,12})+$/.test(value)) return true;
  // Queues of RabbitMQ, the names of pulled images' Secrets, and where tokens come from.
  if (/routing[-_]?key$/i.test(name) && /^[a-z]+(?:\.[a-z_*#]{1,40})+$/.test(value)) return true;
  if (/^imagePullSecrets?$/i.test(name) && /^[a-z]+(?:[-.][a-z0-9]{1,20})*$/.test(value)) return true;
  if (/^serviceAccountToken$/i.test(name) && value === 'projected') return true;
  if (quoted || !spoken) return false;
  return SENTENCE.has(bare.toLowerCase()) || /^(?:Test[A-Z]|https?:|\/|[a-z]+\(\)|#\d)/.test(value);
}
