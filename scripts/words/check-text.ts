import ts from 'typescript';
import { bannedIdentifiers, bannedPhrases } from './banned.ts';

/** One mistake: its place, and one sentence that describes it. */
export type WordMistake = { file: string; line: number; message: string };

const identifiers = Object.entries(bannedIdentifiers).map(
  ([words, instead]) => [new RegExp(` ${words} `), words, instead] as const,
);
/** Names of files, such as those of older ADRs, may hold a phrase behind a hyphen. */
const phrases = Object.entries(bannedPhrases).map(
  ([phrase, instead]) => [new RegExp(`(?<!-)\\b${phrase}\\b`, 'gi'), instead] as const,
);
/** Files of this repository, as comments and documents name them, with an anchor where there is one. */
const REFERENCE =
  /(?<![\w./@-])((?:docs|lib|handlers|infra|scripts|test|console|bench|events|runbooks)\/[\w./-]*\w\.(?:md|ts|tsx|yml|yaml|json|cjs|css|sql))(#[\w-]+)?/g;
/** Files by their name alone, in documents: the name must be one of this repository. */
const FILE_NAME = /`([\w.-]+\.(?:test\.)?(?:ts|tsx|cjs))`/g;
/** Pages that are not in the repository. */
const OUTSIDE = /\bdesign\/\w+\.md\b|\b(?:house|design|facts|notice)\.md\b/g;
const BARE_RULE = /(?<!#)\brules? \d/gi;

/** Finds banned words in a TypeScript file, and references that lead nowhere. */
export function checkCode(file: string, text: string, exists: (reference: string) => boolean): WordMistake[] {
  const kind = file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, kind);
  const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1;
  const mistakes: WordMistake[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const message = checkIdentifier(node.text);
      if (message !== undefined) mistakes.push({ file, line: lineAt(node.getStart(source)), message });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (const comment of commentsOf(source)) {
    const words = text.slice(comment.pos, comment.end);
    for (const { at, message } of [...checkWords(words, exists), ...bareRules(words)]) {
      mistakes.push({ file, line: lineAt(comment.pos + at), message });
    }
  }
  return mistakes.toSorted((a, b) => a.line - b.line);
}

/** The same for a document. */
export function checkDocument(
  file: string,
  text: string,
  exists: (reference: string) => boolean,
): WordMistake[] {
  return checkWords(text, exists).map(({ at, message }) => ({
    file,
    line: text.slice(0, at).split('\n').length,
    message,
  }));
}

function checkIdentifier(name: string): string | undefined {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .split(/[ _$-]+/)
    .join(' ')
    .toLowerCase();
  const found = identifiers.find(([pattern]) => pattern.test(` ${words} `));
  return found && `${name}: “${found[1]}” is ${found[2]} here (docs/glossary.md)`;
}

function checkWords(text: string, exists: (reference: string) => boolean): { at: number; message: string }[] {
  const worded = phrases.flatMap(([pattern, instead]) =>
    [...text.matchAll(pattern)].map(({ 0: phrase, index }) => ({
      at: index,
      message: `“${phrase}”: say “${instead}”`,
    })),
  );
  const dangling = [...text.matchAll(REFERENCE)]
    .filter(([reference]) => !exists(reference))
    .map(({ 0: reference, index }) => ({ at: index, message: `${reference} is not there` }));
  const unnamed = [...text.matchAll(FILE_NAME)]
    .filter(([, name = '']) => !exists(name))
    .map(({ 1: name, index }) => ({ at: index, message: `${name} is not there` }));
  const outside = [...text.matchAll(OUTSIDE)].map(({ 0: page, index }) => ({
    at: index,
    message: `${page} is not in the repository`,
  }));
  return [...worded, ...dangling, ...unnamed, ...outside].toSorted((a, b) => a.at - b.at);
}

/** A rule is named with its file, so that an editor finds it. */
function bareRules(text: string): { at: number; message: string }[] {
  return [...text.matchAll(BARE_RULE)].map(({ 0: rule, index }) => ({
    at: index,
    message: `“${rule}”: write docs/rules.md#rule-N`,
  }));
}

function commentsOf(source: ts.SourceFile): { pos: number; end: number }[] {
  const text = source.text;
  const comments = new Map<number, { pos: number; end: number }>();
  const visit = (node: ts.Node): void => {
    const around = [
      ...(ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.getEnd()) ?? []),
    ];
    for (const { pos, end } of around) comments.set(pos, { pos, end });
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  return [...comments.values()];
}
