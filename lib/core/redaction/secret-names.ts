/**
 * Which names hold secrets: variables, JSON keys, labels, headers, flags and URL parameters. A name is split into words, and
 * its words decide: `READ_TOKENS` holds secrets, `token_count` and `secretName` do not.
 */

/** Words that end so name a secret, also without a separator: `PGPASSWORD`, `authToken`. */
const SECRET_WORD =
  /(?:password|passwd|passphrase|passcode|pwd|secret|credential|token|apikey|accesskey|privatekey|secretkey|authkey|accountkey|sessionid|sessid|presharedkey|psk)$/;
const SECRET_PLURAL =
  /(?:passwords|passphrases|secrets|credentials|apikeys|accesskeys|privatekeys|secretkeys|creds)$/;
const PASS =
  /^(?:db|user|my|smtp|ftp|root|admin|redis|mysql|mariadb|pg|postgres|ldap|proxy|store|key|keystore|truststore|require)?pass$|^(?:db|user|bind|root|admin)?pw$/;
/** Passwords in other languages. */
const TRANSLATED =
  /passwort|kennwort|contrase(?:ñ|n)a|senha$|mot[_ -]?de[_ -]?passe|пароль|密码|密碼|パスワード|비밀번호/i;

/** A key is a secret only with one of these before it. */
const KEY_KINDS = new Set(
  'api access private account secret shared encryption encrypt signing sign master auth license licence service ssh deploy storage integration routing write ingest app application client hmac session webhook sas jwt unseal recovery backup provisioning registration root subscription'.split(
    ' ',
  ),
);

/** Plural tokens are counted units, as of language models, unless one of these stands before them. */
const TOKEN_OWNERS = new Set(
  'read write webhook webhooks access auth api bearer refresh bot service admin user session id client registration deploy personal ingest push bootstrap join'.split(
    ' ',
  ),
);

/** After a secret's word: the name is about the secret and does not hold it. */
const ABOUT_AFTER = new Set(
  'count counts total name names file files path paths url uri type types kind ttl expiry expire expires expired expiration at age length len size limit limits max min policy policies changed updated created rotated rotation version versions ids ref refs reference used usage per rate bucket buckets bytes seconds ms enabled disabled required valid invalid status state errors error failure failures failed missing attempts requests request response resets manager managers store mount encryption algorithm alg method provider endpoint issuer audience scope scopes env label labels prefix format mode validity lifetime duration latency time timeout date days hours minutes interval controller generator budget cost from until sum avg info annotations created_at updates operator sync syncs synced exists present set operations rotations hint index quota namespace class signer signing sources source review reviews reviewer volume volumes mounts deleted lookup lookups window service services server svc exporter host port pool cache gateway handler worker job operator engine agent check checks test tests encoder decoder builder factory parser filter helper util utils exception go java py ts js tsx jsx rb rs cc cpp kt php cs scala exs yaml yml json toml conf cfg ini md html log txt sql sh'.split(
    ' ',
  ),
);

/** Before a secret's word: a count or a fact. */
const ABOUT_BEFORE = new Set(
  'no has is max min num number total avg invalid expired missing used remaining requires require needs show forgot unexpected completion prompt first second third last final single one two next low high band get find fetch lookup resolve parse validate verify check'.split(
    ' ',
  ),
);

/** Words of URL parameters that sign an address. Elsewhere they have other meanings. */
const SIGNING = /(?:^|-)(?:sig|signature|hmac|credential)$|^auth$/i;

export function isSecretName(name: string): boolean {
  if (TRANSLATED.test(name)) return true;
  const words = splitWords(name);
  const at = words.findLastIndex((word, index) => isSecretWord(word, words[index - 1]));
  if (at < 0 || ABOUT_BEFORE.has(words[at - 1] ?? '')) return false;
  return !words
    .slice(at + 1)
    .some((word) => ABOUT_AFTER.has(word) || (word === 'id' && words[at] !== 'secret'));
}

/** Names of URL parameters hold more: what signs an address opens what it leads to. */
export function isSecretParameter(name: string): boolean {
  return SIGNING.test(name) || isSecretName(name);
}

/** Whether the name is of several secrets, so that a comma may belong to its value. */
export function isPlural(name: string): boolean {
  return /s$/i.test(name) && !/pass$/i.test(name);
}

/** A number may be glued to the word: `password2`, `api_key2`. */
function isSecretWord(numbered: string, before = ''): boolean {
  const word = numbered.replace(/\d{1,3}$/, '');
  if (word === 'key' || word === 'keys') return KEY_KINDS.has(before);
  if (word === 'tokens') return TOKEN_OWNERS.has(before);
  if (word === 'signature') return ['access', 'amz', 'goog'].includes(before);
  if (word === 'auth') return ['redis', 'rediscli', 'basic', 'npm'].includes(before);
  if (word === 'sid') return before === 'connect';
  return SECRET_WORD.test(word) || SECRET_PLURAL.test(word) || PASS.test(word);
}

function splitWords(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
