import type { NoticeDocument, Part } from './document-types.ts';

/**
 * The document with as few parts left out as it takes to fit: the extra ones first, then the useful ones, within each
 * the last first. What is vital stays, whether it fits or not.
 */
export function trimToFit(
  document: NoticeDocument,
  fits: (shorter: NoticeDocument, omitted: number) => boolean,
): { document: NoticeDocument; omitted: number } {
  const parts = document.sections.flatMap((section) => section.parts);
  const spare = [...ofRank(parts, 'extra'), ...ofRank(parts, 'useful')];
  let [fewest, most] = [0, spare.length];
  while (fewest < most) {
    const omitted = Math.floor((fewest + most) / 2);
    if (fits(without(document, spare.slice(0, omitted)), omitted)) most = omitted;
    else fewest = omitted + 1;
  }
  return { document: without(document, spare.slice(0, most)), omitted: most };
}

function ofRank(parts: Part[], rank: Part['rank']): Part[] {
  return parts.filter((part) => part.rank === rank).toReversed();
}

function without(document: NoticeDocument, parts: Part[]): NoticeDocument {
  if (parts.length === 0) return document;
  const gone = new Set(parts);
  const sections = document.sections
    .map((section) => ({ ...section, parts: section.parts.filter((part) => !gone.has(part)) }))
    .filter((section) => section.parts.length > 0);
  return { ...document, sections };
}
