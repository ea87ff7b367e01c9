import type { NoticeDocument, Part } from './document-types.ts';

/**
 * Drops as few parts as needed for the document to fit: first the extra ones, then the useful ones, each from
 * the end. Vital parts stay, whether they fit or not.
 */
export function trimToFit(
  document: NoticeDocument,
  fits: (shorter: NoticeDocument, omitted: number) => boolean,
): { document: NoticeDocument; omitted: number } {
  const parts = document.sections.flatMap((section) => section.parts);
  const spare = [...listDroppable(parts, 'extra'), ...listDroppable(parts, 'useful')];
  let [fewest, most] = [0, spare.length];
  while (fewest < most) {
    const omitted = Math.floor((fewest + most) / 2);
    if (fits(removeParts(document, spare.slice(0, omitted)), omitted)) most = omitted;
    else fewest = omitted + 1;
  }
  return { document: removeParts(document, spare.slice(0, most)), omitted: most };
}

function listDroppable(parts: Part[], rank: Part['rank']): Part[] {
  return parts.filter((part) => part.rank === rank).toReversed();
}

function removeParts(document: NoticeDocument, parts: Part[]): NoticeDocument {
  if (parts.length === 0) return document;
  const gone = new Set(parts);
  const sections = document.sections
    .map((section) => ({ ...section, parts: section.parts.filter((part) => !gone.has(part)) }))
    .filter((section) => section.parts.length > 0);
  return { ...document, sections };
}
