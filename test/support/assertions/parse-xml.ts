import { SaxesParser } from 'saxes';

/** An element with its attributes; `text` is all the text below it. */
export type XmlElement = {
  name: string;
  uri: string;
  attributes: Record<string, string>;
  text: string;
  children: XmlElement[];
};

/** The root of an XML document, read by a strict parser. Throws when it is not well-formed. */
export function parseXml(xml: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  const path: XmlElement[] = [];
  let root: XmlElement | undefined;
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ local, uri, attributes }) => {
    const values = Object.values(attributes).map(({ name, value }) => [name, value]);
    const element = { name: local, uri, attributes: Object.fromEntries(values), text: '', children: [] };
    path.at(-1)?.children.push(element);
    root ??= element;
    path.push(element);
  });
  parser.on('text', (text) => {
    for (const element of path) element.text += text;
  });
  parser.on('closetag', () => {
    path.pop();
  });
  parser.write(xml).close();
  if (!root) throw new Error('there is no element');
  return root;
}

/** The texts of an element's children of one name, in order. */
export function textsOf(element: XmlElement, name: string): string[] {
  return element.children.filter((child) => child.name === name).map(({ text }) => text);
}
