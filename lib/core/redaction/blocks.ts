import { HIDDEN } from './harmless-values.ts';
import { isSecretName } from './secret-names.ts';

/** Redacts secrets of several lines: private keys, and blocks and lists of YAML. */

const PRIVATE_KEY =
  /-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----END)[\s\S])*(?:-----END[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----)?/g;
/** PuTTY's private keys: a number of lines, then the lines. */
const PUTTY = /(Private-Lines: \d{1,4}\s{1,4})[A-Za-z0-9+/=\s]{16,10000}/g;

/** `password: |` and `tokens:`, with what is deeper than they are. A cell has the lines' ends as spaces. */
const BLOCK_KEY = /^([ \t]*(?:- )?)["']?([\w.-]{1,64})["']?:[ \t]*(?:([|>][+-]?\d?[+-]?)[ \t]*|)(?:#.*)?$/;
const BLOCK_IN_ONE_LINE = /((?:^|[\s{,])["']?([\w.-]{1,64})["']?: [|>][+-]?\d? )(\S[^\n]*)/g;

export function redactBlocks(text: string): string {
  const withoutKeys = text.includes('-----BEGIN') ? text.replace(PRIVATE_KEY, HIDDEN) : text;
  const withoutPutty = redactManifest(withoutKeys.replace(PUTTY, `$1${HIDDEN}`));
  if (/[|>][+-]?\d? \S/.test(withoutPutty))
    return redactLines(withoutPutty.replace(BLOCK_IN_ONE_LINE, hideBlock));
  return redactLines(withoutPutty);
}

/** Kubernetes' Secrets as manifests: all that they hold. */
const MANIFEST = /\bkind\\{0,7}"?:\s{0,3}\\{0,7}"?Secret\b/;
const MANIFEST_DATA = /(\\{0,7}"(?:data|stringData)\\{0,7}":\s{0,5}\{)(?!\[redacted\])[^{}]{1,100000}(?=\})/g;

function redactManifest(text: string): string {
  if (!MANIFEST.test(text)) return text;
  const lines = text.replace(MANIFEST_DATA, `$1${HIDDEN}`).split('\n');
  let data: number | undefined;
  return lines
    .map((line) => {
      if (data !== undefined && line.trim() !== '' && indentOf(line) <= data) data = undefined;
      if (/^\s*(?:data|stringData):\s*$/.test(line)) data = indentOf(line);
      else if (data !== undefined) return line.replace(/^(\s*[^\s:]{1,253}: ).+$/, `$1${HIDDEN}`);
      return line;
    })
    .join('\n');
}

function hideBlock(all: string, before: string, name: string, block: string): string {
  return block.startsWith(HIDDEN) || !isSecretName(name) ? all : `${before}${HIDDEN}`;
}

function redactLines(text: string): string {
  if (!text.includes('\n')) return text;
  const kept: string[] = [];
  let block: { indent: number; lists: boolean } | undefined;
  for (const line of text.split('\n')) {
    if (block !== undefined && isInside(line, block)) {
      const hidden = `${line.slice(0, indentOf(line))}${block.lists && /^\s*- /.test(line) ? '- ' : ''}${HIDDEN}`;
      if ((block.lists || kept.at(-1) !== hidden) && line.trim() !== '') kept.push(hidden);
      continue;
    }
    block = readBlockKey(line);
    kept.push(line);
  }
  return kept.join('\n');
}

function readBlockKey(line: string): { indent: number; lists: boolean } | undefined {
  const [, before = '', name = '', mark] = BLOCK_KEY.exec(line) ?? [];
  if (name === '' || !isSecretName(name)) return undefined;
  return { indent: before.length, lists: mark === undefined };
}

/** A block's lines are deeper than its key; items of a list may stand as deep as it. */
function isInside(line: string, { indent, lists }: { indent: number; lists: boolean }): boolean {
  if (lists && indentOf(line) > indent && /^\s*(?!["']?[\w.-]{1,64}["']?:(?: |$)|- |#|$)\S/.test(line))
    return true;
  if (lists) return indentOf(line) >= indent && /^\s*- (?!["']?[\w.-]{1,64}["']?:(?: |$))/.test(line);
  return line.trim() === '' || indentOf(line) > indent;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
