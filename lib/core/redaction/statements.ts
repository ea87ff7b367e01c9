import { HIDDEN, isHarmlessValue } from './harmless-values.ts';

/** Redacts secrets that have no name next to them: options of well-known commands, statements of SQL, files of passwords. */

/** One word of a shell, quoted or not; more backslashes when the command stands in a string. */
const WORD = String.raw`(?:\\{0,7}"[^"\n]{1,500}?\\{0,7}"|\\{0,7}'[^'\n]{1,500}?\\{0,7}'|[^\s"'][^\s"]{0,500})`;
/** The options and arguments between a command and its secret, as few as possible: the first option is the command's own. */
const BETWEEN = String.raw`(?:[^\n|;&]{0,200}?[ \t])??`;

/** What divides the arguments of a list: `["mysql", "-px"]`, as programs get them. */
const COMMA = String.raw`\\{0,7}["'],\s{0,20}\\{0,7}["']`;

/** A command as it is typed, and as a list of arguments. */
const command = (names: string, option: string) => [
  new RegExp(String.raw`(\b(?:${names})[ \t]${BETWEEN}${option})(${WORD})`, 'g'),
  new RegExp(
    String.raw`(["'][^\s"']{0,60}\b(?:${names})${COMMA}(?:[^\n\]]{0,200}?["'])??${option})([^\s"'\\\[][^"'\\\n]{0,300})`.replaceAll(
      /\[ \\t\][+*?]?/g,
      (gap) => (gap.endsWith('+') ? COMMA : `(?:${COMMA})?`),
    ),
    'g',
  ),
];

const COMMANDS = [
  command(
    'mysql|mysqldump|mysqladmin|mysqlimport|mysqlcheck|mysqlsh|mysqlbinlog|mariadb|mariadb-dump|mariadb-admin',
    '-p(?=[^\\s])',
  ),
  command('sshpass', '-p[ \\t]?'),
  command(
    '(?:docker|podman|nerdctl|helm registry|oras|crane|skopeo|buildah)[ \\t]+login|az[ \\t]+login',
    '-p[ \\t]+',
  ),
  command('redis-cli', '(?:-a|--pass)[ \\t]+(?!\\[redacted\\])'),
  command(
    'mongo|mongosh|mongodump|mongorestore|mongoexport|mongoimport|cqlsh|influx|clickhouse-client|rabbitmqadmin|vncviewer|nxc|crackmapexec',
    '-p[ \\t]+',
  ),
  command('sqlcmd|bcp|osql|isql|tsql', '-P[ \\t]*'),
  command('ldapsearch|ldapadd|ldapmodify|ldapwhoami|ldappasswd|ldapdelete', '-w[ \\t]+'),
  command('zip|unzip', '-P[ \\t]+'),
  command('7z[ar]?', '-p(?=[^\\s])'),
  command('openssl', '-(?:passin|passout|pass|k)[ \\t]+(?!(?:pass:)?\\[redacted\\])(?:pass:)?'),
  command('ipmitool', '-P[ \\t]+'),
  command('snmp(?:get|walk|bulkwalk|set|table)', '-[cAX][ \\t]+(?!\\[redacted\\])'),
  command('htpasswd', '-[a-zA-Z]*b[a-zA-Z]*[ \\t]+\\S{1,200}[ \\t]+\\S{1,100}[ \\t]+'),
].flat();

/** `curl -u user:password`, `wget`, `smbclient -U user%password`. */
const USERS = [
  /(\b(?:curl|http|https|httpie|xh|ab|siege|elasticdump)[ \t](?:[^\n|;&]{0,300}?[ \t])??(?:-[a-zA-Z]{0,6}u|--user|--proxy-user|-U|-a|--auth)(?:[ \t]{1,5}|=)?\\{0,7}["']?[^\s:"'\\]{1,100}:)(?!\[redacted\])([^\s"'\\][^\s"']{0,300})/g,
  /(["'][^\s"']{0,60}\b(?:curl|https?|xh|ab|siege)\\{0,7}["'],[^\n\]]{0,300}?["'](?:-u|--user|--proxy-user|-a|--auth)\\{0,7}["'],\s{0,20}\\{0,7}["'][^\s:"'\\]{1,100}:)(?!\[redacted\])([^"'\\\n]{1,300})/g,
  /(\b(?:smbclient|rpcclient|smbget|mount\.cifs)[ \t](?:[^\n|;&]{0,300}?[ \t])??-U[ \t]{1,5}["']?[^\s%"']{1,100}%)([^\s"']{1,300})/g,
];

/** The same in quotes, so that the password may hold spaces. */
const QUOTED_USERS = ['"', "'"].map(
  (quote) =>
    new RegExp(
      String.raw`(\b(?:curl|http|https|xh)[ \t](?:[^\n|;&]{0,300}?[ \t])??(?:-[a-zA-Z]{0,6}u|--user|--proxy-user|-a|--auth)(?:[ \t]{1,5}|=)?${quote}[^\s:"'\\]{1,100}:)(?!\[redacted\])([^"'\\\n]{1,300})(?=${quote})`,
      'g',
    ),
);

const SQL = [
  /(\b(?:password|identified[ \t]+by(?:[ \t]+password)?|identified[ \t]+(?:with|via)[ \t]+\S{1,60}[ \t]+(?:by|as|using))[ \t]{1,5}(?:E|N|U&)?\\{0,7}['"])((?:[^'"\\]|''|\\.){1,500})/gi,
  /(\b(?:old_)?password[ \t]{0,3}\([ \t]{0,3}\\{0,7}['"])([^'"\n]{1,300})/gi,
  /(\bset[ \t]+(?:session[ \t]+authorization|password)[^\n'"=]{0,100}=[ \t]{0,3}\\{0,7}['"])([^'"\n]{1,300})/gi,
  /(\b(?:crypt|pgp_sym_(?:en|de)crypt|aes_(?:en|de)crypt)[ \t]{0,3}\((?:[^()'\n]{1,100},)?[ \t]{0,3}')([^'\n]{1,300})/gi,
];

const FILES = [
  // netrc, as a file and on one line
  /(\b(?:login|machine)\s{1,10}\S{1,200}\s{1,20}(?:(?:login|account)\s{1,10}\S{1,200}\s{1,20}){0,2}password\s{1,10})(\S{1,500})/gi,
  // pgpass: host:port:database:user:password
  /(^[^\s:#]{1,200}:(?:\d{4,5}|\*):[^\s:]{1,100}:[^\s:]{1,100}:)(\S[^\n]{0,300})$/gm,
  // shadow and htpasswd: the hash of a password is enough to guess at
  /((?:^|[\s'"=:])[\w.-]{0,64}:?)(\$(?:1|2[abxy]?|5|6|7|y|apr1|argon2(?:id?|d)|scrypt|pbkdf2[\w-]{0,20})\$[A-Za-z0-9./$=,+-]{16,300})/g,
  // Redis
  /(\b(?:requirepass|masterauth)\s{1,5})(\S{1,300})/g,
  // PostgreSQL's own hashes
  /()(\b(?:SCRAM-SHA-256\$\d{1,9}:[A-Za-z0-9+/=$:]{20,300}|md5[0-9a-f]{32}\b))/g,
];

/** Words by which a person tells a secret. */
const SPOKEN =
  /(\b(?:password|passwort|passphrase|passcode|api[ _-]?key|token|secret)[ \t]{1,3}(?:is|was|are|set[ \t]to|changed[ \t]to|reset[ \t]to)[ \t:]{1,4}["'`]?)((?=[^\s"'`]{0,60}\d)(?=[^\s"'`]{0,60}[A-Za-z])[^\s"'`]{6,200})/gi;

/** `token "abc123"`: a name of a Kubernetes' Secret has no such form. */
const SPOKEN_TOKEN =
  /(\b(?:token|key)[ \t]["'`])((?=[^\s"'`]{0,60}\d)(?=[^\s"'`]{0,60}[A-Za-z])[A-Za-z0-9_.+/=-]{6,200})(?=["'`])/g;

const RULES = [...COMMANDS, ...QUOTED_USERS, ...USERS, ...SQL, ...FILES, SPOKEN, SPOKEN_TOKEN];

export function redactStatements(text: string): string {
  return RULES.reduce((left, pattern) => left.replace(pattern, hideWord), text);
}

function hideWord(all: string, before: string, word: string): string {
  const [, open = '', content = '', close = ''] = /^(\\{0,7}["']|)([\s\S]*?)(\\{0,7}["']|)$/.exec(word) ?? [];
  if (content.startsWith(HIDDEN) && content.length <= HIDDEN.length + 1) return all;
  if (content.startsWith('-') && /\s$/.test(before)) return all;
  if (isHarmlessValue(content, { name: 'password', quoted: open !== '', spoken: false })) return all;
  const [closer = ''] = open === '' && close === '' ? (/[,;)}\]]{1,2}$/.exec(content) ?? []) : [];
  return `${before}${open}${HIDDEN}${closer}${close}`;
}
