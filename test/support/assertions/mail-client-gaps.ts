/**
 * What our mails use and a mail client does not support, or only partly, as caniemail.com knows it: what is shown there
 * instead, and why that will do. `test/integration/mail-clients.test.ts` holds this list to the mails, both ways.
 */
export type MailClientGap = {
  feature: string;
  support: 'none' | 'partial';
  clients: string[];
  shows: string;
};

const gmailApps = ['gmail.ios', 'gmail.android'];
const gmail = ['gmail.desktop-webmail', 'gmail.mobile-webmail', ...gmailApps];
/** Outlook for Windows and the app of Windows: Word draws their mails. */
const word = ['outlook.windows', 'outlook.windows-mail'];
const outlookApps = ['outlook.ios', 'outlook.android'];
const otherOutlook = ['outlook.outlook-com', ...outlookApps];
const appleMail = ['apple-mail.ios', 'apple-mail.macos'];

export const mailClientGaps: MailClientGap[] = [
  // The page and its style sheet
  {
    feature: '<body> element',
    support: 'none',
    clients: ['outlook.macos'],
    shows: 'The table that fills the body has its colour and margins too.',
  },
  {
    feature: '<body> element',
    support: 'partial',
    clients: [...gmail, ...otherOutlook],
    shows: 'A <div> in its place. Nothing depends on the element, and the table in it fills the page.',
  },
  {
    feature: '<style> element',
    support: 'none',
    clients: ['gmail.mobile-webmail'],
    shows: 'The light colours and the wide margins, which each element has by itself.',
  },
  {
    feature: '<style> element',
    support: 'partial',
    clients: ['gmail.desktop-webmail', ...gmailApps, ...word],
    shows:
      'All of it: it is in the head, before its rules are used, and under 16 KB. Other accounts: as above.',
  },
  {
    feature: '@media',
    support: 'none',
    clients: ['gmail.mobile-webmail', ...word],
    shows: 'The light colours and the wide margins, which leave 300 pixels for text on the narrowest phone.',
  },
  {
    feature: '@media',
    support: 'partial',
    clients: ['gmail.desktop-webmail', ...gmailApps, ...otherOutlook],
    shows: 'All of it: no query is nested or asks for a height.',
  },
  {
    feature: 'color-scheme CSS property',
    support: 'none',
    clients: [...gmail, ...otherOutlook, 'outlook.windows', 'outlook.macos'],
    shows:
      'In dark mode the colours that the client makes of the light ones: dark text on light grounds inverts well.',
  },
  {
    feature: 'color-scheme CSS property',
    support: 'partial',
    clients: ['outlook.windows-mail'],
    shows: 'The same.',
  },
  {
    feature: 'color-scheme meta tag',
    support: 'none',
    clients: [...gmail, ...otherOutlook, ...word, 'outlook.macos', 'apple-mail.ios'],
    shows: 'The same; Apple Mail reads the property instead.',
  },
  {
    feature: 'Class selector',
    support: 'none',
    clients: ['gmail.mobile-webmail'],
    shows: 'As without the style sheet.',
  },
  {
    feature: 'Class selector',
    support: 'partial',
    clients: gmailApps,
    shows: 'The same, for other accounts than those of Google.',
  },
  {
    feature: '!important keyword',
    support: 'partial',
    clients: [...gmail, ...word],
    shows: 'All of it where the style sheet is supported: in lower case, and only within media queries.',
  },
  {
    feature: 'role attribute',
    support: 'none',
    clients: ['outlook.windows-mail'],
    shows: 'The same to the eye. A screen reader calls the layout a table; the plain text has none.',
  },

  // Boxes
  {
    feature: 'border-radius',
    support: 'none',
    clients: word,
    shows: 'Square corners.',
  },
  {
    feature: 'background',
    support: 'partial',
    clients: word,
    shows: 'All of it: only colours are set.',
  },
  {
    feature: 'border',
    support: 'partial',
    clients: word,
    shows: 'All of it: one pixel, and only around cells and at pictures.',
  },
  {
    feature: 'padding',
    support: 'partial',
    clients: word,
    shows: 'All of it around cells. A name in the text has a grey ground that ends with its letters.',
  },
  {
    feature: 'margin',
    support: 'partial',
    clients: [...gmail, ...otherOutlook, ...word],
    shows: 'All of it: none is negative or auto. Without one on links, the space between them stays.',
  },
  {
    feature: 'max-width',
    support: 'partial',
    clients: [...word, 'apple-mail.ios'],
    shows: 'A mail as wide as the screen of an iPad. A picture in Outlook is as wide as its attribute says.',
  },
  {
    feature: 'width property',
    support: 'partial',
    clients: ['outlook.windows'],
    shows: 'A picture is as wide as its attribute says.',
  },
  {
    feature: 'width attribute',
    support: 'partial',
    clients: ['outlook.windows'],
    shows: 'On screens of 120 dpi a smaller picture. No picture has a width in percent.',
  },
  {
    feature: 'height property',
    support: 'partial',
    clients: ['outlook.windows'],
    shows: 'All of it: it is set on pictures alone.',
  },
  {
    feature: 'height attribute',
    support: 'partial',
    clients: ['outlook.windows'],
    shows: 'On screens of 120 dpi a smaller picture, and lower bars.',
  },
  {
    feature: 'display',
    support: 'partial',
    clients: [...word, ...gmailApps],
    shows: 'A few pixels of room below a picture in Outlook. Nothing is hidden by it, so nothing appears.',
  },
  {
    feature: 'align attribute',
    support: 'partial',
    clients: ['outlook.macos'],
    shows: 'All of it: it is set on cells alone.',
  },

  // Text
  {
    feature: '<ul>, <ol> and <dl>',
    support: 'partial',
    clients: [...gmail, ...otherOutlook, ...word, 'outlook.macos'],
    shows: 'All of it: the lists of a maintenance that is over are neither reversed nor numbered.',
  },
  {
    feature: 'white-space',
    support: 'none',
    clients: word,
    shows:
      'A row of a table may break within a cell where the window is narrower than the row. Commands and logs break at their own <br>; those with runs of spaces are a <pre>, which Word keeps and wraps by itself.',
  },
  {
    feature: 'white-space',
    support: 'partial',
    clients: gmailApps,
    shows: 'The same for other accounts than those of Google; `pre` is not used.',
  },
  {
    feature: 'word-break',
    support: 'none',
    clients: ['outlook.windows-mail'],
    shows: 'A word longer than a line makes the mail wider; nothing is cut off.',
  },
  {
    feature: 'word-break',
    support: 'partial',
    clients: ['gmail.mobile-webmail', ...gmailApps, ...otherOutlook, 'outlook.macos', ...appleMail],
    shows: 'All of it: `break-word` is what they make of every value.',
  },
  {
    feature: 'line-height',
    support: 'partial',
    clients: word,
    shows: 'All of it: multiples of the font size. Only the empty bars of a chart have another, which is 0.',
  },
  {
    feature: 'font-size',
    support: 'partial',
    clients: word,
    shows: 'All of it: pixels.',
  },
  {
    feature: 'font-weight',
    support: 'partial',
    clients: word,
    shows: 'Bold: 600 and 700 are.',
  },
  {
    feature: 'text-align',
    support: 'partial',
    clients: [...word, 'gmail.android', 'gmail.mobile-webmail', 'outlook.android'],
    shows: 'All of it: `left` is the only value.',
  },
];
