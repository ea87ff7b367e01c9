import { redact } from './redact.ts';
import { redactTokens } from './tokens.ts';
import { redactUrls } from './urls.ts';

/** Parameters of Grafana and Prometheus that hold names and PromQL: `var-token=orders`, `g0.expr=up{secret="db"}`. */
const QUERY_PARAMETER = /([?&#](?:var-[^=&#\s]{1,100}|g\d{1,3}\.expr|query|expr)=)([^&#\s]*)/gi;

const NAMING_LABEL = /(?<![\w.-])(?:secret|token)(?=\s{0,5}(?:=|!=|!~))/gi;

/**
 * Whether an address holds a secret, as it is written or in its parameters. Half a link leads nowhere, so it is left out whole.
 * The values of Grafana's variables are names, and so are the labels `secret` and `token` of PromQL: among them only tokens with a
 * form of their own and credentials of addresses count.
 */
export function isSecretLink(url: string): boolean {
  let isSecret = false;
  const rest = url.replace(QUERY_PARAMETER, (_all, parameter: string, value: string) => {
    const isName = /^.var-/i.test(parameter);
    const plain = decode(value.replaceAll('+', ' '));
    isSecret ||= holdsToken(value) || holdsToken(plain) || (!isName && holdsSecretQuery(plain));
    return parameter.replace(/[^?&#]+/, 'q=');
  });
  return isSecret || holdsSecret(rest) || (rest.includes('%') && holdsSecret(decode(rest)));
}

function holdsToken(text: string): boolean {
  return redactUrls(redactTokens(text)) !== text;
}

/** Without the names of labels whose values are names: `kube_secret_info{secret="db-credentials"}`. */
function holdsSecretQuery(query: string): boolean {
  return holdsSecret(query.replace(NAMING_LABEL, 'label'));
}

/** Whether a text holds what `redact` would hide. */
export function holdsSecret(text: string): boolean {
  return redact(text) !== text;
}

/** Whether a text is one address and nothing else. */
export function isLink(text: string): boolean {
  return /^https?:\/\/\S+$/i.test(text);
}

/** One wrong escape leaves the others readable. */
function decode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}
