import { HIDDEN } from './harmless-values.ts';
import { providerPatterns } from './provider-patterns.ts';

/**
 * Redacts what is a secret by its own form, whatever stands around it: tokens of providers, JSON Web Tokens, `Bearer …`.
 * Provider tokens are those of secretlint's recommended rules (provider-patterns.ts) and, by their prefix alone, the most frequent
 * ones: a token that was cut off must be found as well.
 */

const PREFIXED = [
  /(?<![A-Za-z0-9])(?:gh[pousr]_|github_pat_|gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-|npm_|pypi-|dckr_(?:pat|oat)_|hv[sbr]\.|xox[a-z](?:\.xox[a-z])?-|xapp-|xwfp-|(?:sk|pk|rk|whsec|shp(?:at|ca|pa|ss))[-_])[A-Za-z0-9_.+/=-]{11,}[A-Za-z0-9_=]/g,
  /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,16}(?![A-Z0-9])/g,
  /(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{20,}/g,
  /(?<![A-Za-z0-9])(?:ya29\.|1\/\/0)[A-Za-z0-9_-]{16,}/g,
  /(?<![A-Za-z0-9])GOCSPX-[A-Za-z0-9_-]{12,}/g,
  /(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/g,
  /(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![0-9a-f])/g,
  /(?<![A-Za-z0-9])(?:key|pubkey)-[0-9a-f]{32}(?![0-9a-f])/g,
  /(?<![A-Za-z0-9])gl(?:c|sa)_[A-Za-z0-9+/_]{16,}={0,2}/g,
  /(?<![A-Za-z0-9])(?:hf_|gsk_|r8_|lin_api_|lin_oauth_|ntn_|figd_|dapi|do[opr]_v1_|sntr[yu]s_|rubygems_|cf(?:ut|at|k)_|tskey-[a-z]{2,20}-|PMAK-|NR(?:AK|II|JS|RA)-|AT(?:ATT|CTT)3x|sq0(?:atp|csp)-|sbp_|ph[cx]_|fo1_|CFPAT-|AGE-SECRET-KEY-1|lsv2_(?:pt|sk)_|xai-|pplx-|tvly-|ops_ey|dt0c01\.|mdb_sa_sk_|nvapi-|vc[ciarpk]{1}_|dp\.(?:st|pt|ct|sa)\.|EZ[AT]K)(?=[A-Za-z0-9_.+/-]{0,40}\d)[A-Za-z0-9_.+/-]{15,}[A-Za-z0-9_=]/g,
  /(?<![A-Za-z0-9])k8s-aws-v1\.[A-Za-z0-9_-]{8,}/g,
  /(?<![A-Za-z0-9])[a-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{20,}/gi,
  // JSON Web Tokens, also cut off.
  /(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,4}/g,
  // Telegram's bots, and Azure's client secrets.
  /(?<![A-Za-z0-9])\d{8,10}:AA[A-Za-z0-9_-]{30,}/g,
  /(?<![A-Za-z0-9])[A-Za-z0-9_]{3}[78]Q~[A-Za-z0-9_.~-]{20,}/g,
];

/** Whatever has a provider's form is one run of these characters, and long. */
const RUNS = /[A-Za-z0-9_.+/=:~-]{16,}/g;

const SCHEMES: [RegExp, string][] = [
  [
    /(?:\b|(?<=%[0-9a-f]{2}))((?:bearer|apikey|geniekey|ssws)(?:\s{1,5}|%20|\+))(?!\[redacted\]|realm=|error|scope=|(?:token|tokens|auth|authentication|authorization|credentials|scheme|prefix|format|header|is|was|not|missing|required|expired|invalid|has|does|of|for|and|or|with|from|the)\b)([A-Za-z0-9_.~+/=:-]{4,})/gi,
    `$1${HIDDEN}`,
  ],
  [
    /(?:\b|(?<=%[0-9a-f]{2}))(basic(?:\s{1,5}|%20|\+))(?=[A-Za-z+/=]{0,200}[0-9A-Z+/=])(?=[A-Za-z0-9+/]{8,}={0,2}(?![\w]))(?![a-z]{1,20}(?![\w=+/])|[A-Z]{1,20}(?![\w=+/])|[A-Z][a-z]{1,20}(?![\w=+/]))[A-Za-z0-9+/]{8,}={0,2}/gi,
    `$1${HIDDEN}`,
  ],
  // Docker's and npm's configuration: user and password as base64.
  [
    /((?:"|\\"|\b)_?auth\\{0,7}"?[ \t]{0,3}[:=][ \t]{0,3}\\{0,7}"?)(?=[A-Za-z0-9+/]{0,200}[A-Z0-9+/=])[A-Za-z0-9+/]{12,}={0,2}/g,
    `$1${HIDDEN}`,
  ],
];

export function redactTokens(text: string): string {
  const withoutRuns = text.replace(RUNS, redactRun);
  return SCHEMES.reduce((left, [pattern, instead]) => left.replace(pattern, instead), withoutRuns);
}

/** A token may follow a percent escape directly, as in `%22AKIA…`: the escape is no part of it. */
function redactRun(run: string, at: number, text: string): string {
  if (text[at - 1] !== '%' || !/^[0-9a-f]{2}/i.test(run)) return redactForms(run);
  const redacted = run.slice(0, 2) + redactForms(run.slice(2));
  return redacted === run ? redactForms(run) : redacted;
}

function redactForms(run: string): string {
  return [...PREFIXED, ...providerPatterns].reduce((left, pattern) => left.replace(pattern, HIDDEN), run);
}
