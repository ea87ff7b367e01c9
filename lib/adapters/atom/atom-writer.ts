import Builder from 'fast-xml-builder';
import type { Feed, FeedEntry, FeedLink, FeedWriter } from '../../core/history/feed.ts';

/** Characters that XML 1.0 forbids, even escaped: https://www.w3.org/TR/xml/#charsets. */
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Atom by fast-xml-builder, which escapes; forbidden characters are left out. */
export function createAtomWriter(): FeedWriter {
  const builder = new Builder({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    suppressEmptyNode: true,
    // Without this, an attribute with the value "true" would lose its value.
    suppressBooleanAttributes: false,
  });
  return {
    write: (feed) =>
      builder.build({ '?xml': { '@version': '1.0', '@encoding': 'utf-8' }, feed: feedElement(feed) }),
  };
}

function feedElement({ id, title, author, updated, links, entries }: Feed) {
  return {
    '@xmlns': 'http://www.w3.org/2005/Atom',
    id: fit(id),
    title: fit(title),
    updated,
    author: { name: fit(author) },
    link: links.map(linkElement),
    entry: entries.map(entryElement),
  };
}

function entryElement({ id, title, published, updated, categories, links, content }: FeedEntry) {
  return {
    id: fit(id),
    title: fit(title),
    published,
    updated,
    category: categories.map((term) => ({ '@term': fit(term) })),
    link: links.map(linkElement),
    content: { '@type': 'text', '#text': fit(content) },
  };
}

function linkElement({ rel, type, href }: FeedLink) {
  return { '@rel': rel, '@type': type, '@href': fit(href) };
}

function fit(text: string): string {
  return text.toWellFormed().replace(forbidden, '');
}
