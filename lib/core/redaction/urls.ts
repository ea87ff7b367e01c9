import { HIDDEN } from './harmless-values.ts';

/**
 * Redacts credentials in addresses: what stands before the host, and webhooks whose path is the secret. Secrets in parameters
 * are pairs like any other (key-values.ts).
 */

const AUTHORITY = /(\b[a-z][a-z0-9+.-]{0,30}:\/\/|%3A%2F%2F|(?<![:\w/])\/\/)([^\s"'`<>\\]{1,500})/gi;
/** Schemes whose bare user name is no secret. */
const NAMED_USER =
  /^(?:ssh|git|sftp|scp|ftp|ftps|svn|svn\+ssh|git\+ssh|rsync|postgres|postgresql|mysql|mongodb|mongodb\+srv|sqlserver|jdbc|amqp|ldap|ldaps|smtp|smtps|imap|imaps|sip|xmpp|oracle|mailto|kafka|nats|mqtt|s3|gs|hdfs|smb|nfs|vnc|rdp):\/\//i;
/** Users of addresses without a password that everybody knows. */
const KNOWN_USER = /^(?:git|hg|anonymous|guest|user|username|x-access-token|oauth2|token)$/i;

/** Webhooks and bots: the path opens them. */
const PATHS: [RegExp, string][] = [
  [/(\bhooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/)[^\s"'<>\\]{1,300}/gi, `$1${HIDDEN}`],
  [/(\bdiscord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/)[^\s"'<>\\?]{1,300}/gi, `$1${HIDDEN}`],
  [/(\bapi\.telegram\.org\/(?:file\/)?bot)[^\s"'<>\\/?]{1,300}/gi, `$1${HIDDEN}`],
  [
    /(\b[\w.-]{1,100}\.webhook\.office\.com\/webhookb2\/|\boutlook\.office(?:365)?\.com\/webhook\/)[^\s"'<>\\?]{1,500}/gi,
    `$1${HIDDEN}`,
  ],
  [/(\bevents\.pagerduty\.com\/integration\/)[^\s"'<>\\/?]{1,200}/gi, `$1${HIDDEN}`],
  [/(\bchat\.googleapis\.com\/v1\/spaces\/[^\s"'<>\\?]{1,200}\?)[^\s"'<>\\]{1,500}/gi, `$1${HIDDEN}`],
  [
    /(\b(?:alert|api)\.victorops\.com\/integrations\/generic\/\d{1,12}\/alert\/)[^\s"'<>\\?]{1,200}/gi,
    `$1${HIDDEN}`,
  ],
  [/(\bhooks\.zapier\.com\/hooks\/catch\/)[^\s"'<>\\?]{1,200}/gi, `$1${HIDDEN}`],
  [/(\bapi\.opsgenie\.com\/[^\s"'<>\\?]{1,100}\?apiKey=)[^\s"'<>\\&]{1,200}/gi, `$1${HIDDEN}`],
];

/** `user:password@tcp(host)/db`, as Go's drivers write it; a proxy without a scheme; `user/password@` of Oracle's tools. */
const NAMELESS: [RegExp, string][] = [
  [/(%3A%2F%2F[^\s%&"']{0,64}%3A)[^\s&"']{1,200}?(?=%40)/gi, `$1${HIDDEN}`],
  [/(\b[\w.-]{1,64}:)[^\s"'`]{1,200}@(?=(?:tcp|tcp4|tcp6|udp|unix)\()/g, `$1${HIDDEN}@`],
  [/(_proxy["']?[ \t]{0,5}[=:][ \t]{0,5}["']?[^\s:/@"']{1,64}:)(?!\/\/)[^\s"']{1,200}@/gi, `$1${HIDDEN}@`],
  [/(\bjdbc:oracle:[a-z]{1,10}:[\w$#]{1,64}\/)[^\s"'@]{1,200}(?=@)/gi, `$1${HIDDEN}`],
  [
    /(\b(?:sqlplus|sqlldr|expdp|impdp|exp|imp|rman)\b[^\n"'/]{0,100}[ ="'][\w$#]{1,64}\/)[^\s"'@]{1,200}(?=@|\s|["']|$)/gi,
    `$1${HIDDEN}`,
  ],
];

export function redactUrls(text: string): string {
  const hasAddress = text.includes('//') || text.includes('%3A%2F%2F');
  const withoutUsers = hasAddress ? text.replace(AUTHORITY, hideUser) : text;
  const rules = [
    ...(text.includes('.com/') || text.includes('.org/') ? PATHS : []),
    ...(/[@/]|%40/.test(text) ? NAMELESS : []),
  ];
  return rules.reduce((left, [pattern, instead]) => left.replace(pattern, instead), withoutUsers);
}

function hideUser(all: string, scheme: string, rest: string, at: number, text: string): string {
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  const user = findUser(authority, rest);
  if (user !== undefined) return scheme + hidePassword(scheme, user) + rest.slice(user.length);
  // A cut through the password leaves no @.
  const cut = /^[^:@/?#]{0,100}:(?!\d{1,5}(?:\D|$))[^@]*…/.exec(rest);
  if (cut === null || text.length < at + all.length) return all;
  return `${scheme}${rest.slice(0, rest.indexOf(':') + 1)}${HIDDEN}…`;
}

/** What stands before the last @ of the authority. A password may hold `/`, `?` and `#`, but a host's port does not. */
function findUser(authority: string, rest: string): string | undefined {
  const last = authority.lastIndexOf('@');
  if (last >= 0) return authority.slice(0, last);
  if (!/^[^:[\]]{0,100}:(?!\d{1,5}(?:,[^/]*)?(?:$|[/?#]))/.test(rest)) return undefined;
  const beyond = rest.lastIndexOf('@');
  return beyond < 0 ? undefined : rest.slice(0, beyond);
}

function hidePassword(scheme: string, user: string): string {
  const colon = user.indexOf(':');
  if (colon >= 0) {
    const password = user.slice(colon + 1);
    if (password === '' && /^https?:/i.test(scheme) && colon > 0) return `${HIDDEN}:`;
    return password === '' || /^\$\{?[A-Z_][A-Z0-9_]*\}?$|^[*x]{3,}$/.test(password)
      ? user
      : `${user.slice(0, colon + 1)}${HIDDEN}`;
  }
  const named = NAMED_USER.test(scheme) || KNOWN_USER.test(user) || /^\$\{?[A-Z_]+\}?$/.test(user);
  return named ? user : HIDDEN;
}
