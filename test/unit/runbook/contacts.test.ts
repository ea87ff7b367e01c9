import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { mistakeText } from '../../../scripts/runbook/check/mistake.ts';
import { type ReadCatalog, readCatalog } from '../../../scripts/runbook/check/read-catalog.ts';
import { type CopiedRunbooks, copyRunbooks, OUR_FOLDER } from '../../support/factories/runbook-folders.ts';

let copy: CopiedRunbooks;

beforeAll(() => {
  copy = copyRunbooks([]);
});

afterAll(() => copy.remove());

const others = `  senior-engineer: { name: senior engineer }
  engineering-lead: { name: engineering lead }
  product-manager: { name: product manager }
  ana: { name: Ana, slack: U01234567 }
  ben: { name: Ben }
`;

function read(onCall: string): ReadCatalog {
  copy.write('contacts.yaml', `contacts:\n${others}  on-call:\n    name: on-call\n${onCall}`);
  return readCatalog(copy.folder);
}

function mistakesOf(onCall: string): string[] {
  return read(onCall).mistakes.map((mistake) => mistakeText(mistake).replace('runbooks/contacts.yaml:', ''));
}

/** The body of a rotation begins in line 10 of the file. */
const rotation = (body: string) => `    rotation:\n${body.replace(/^/gm, '      ').trimEnd()}\n`;
const start = 'start: 2026-11-23 09:00\ntime_zone: Europe/Vilnius\n';

describe('a rotation in contacts.yaml', () => {
  test('is there as a comment that works once it is uncommented', () => {
    const [plain = '', comment = ''] = readFileSync(join(OUR_FOLDER, 'contacts.yaml'), 'utf8').split('  #\n');
    const withoutOnCall = plain.replace(/ {2}on-call:[^]*?(?= {2}senior)/, '');
    copy.write('contacts.yaml', withoutOnCall + comment.replaceAll(/^ {2}# /gm, '  '));

    const { catalog, mistakes } = readCatalog(copy.folder);

    expect(mistakes).toEqual([]);
    expect(catalog?.contacts['on-call']).toMatchObject({ rotation: { who: ['ana', 'ben'], days: 7 } });
  });

  test('is weekly by default, and its overrides are compiled to points in time', () => {
    const { catalog, mistakes } = read(
      rotation(`who: [ana, ben]
${start}overrides:
  - { who: ben, from: 2026-12-24 18:00, until: 2026-12-27T09:00 }
  - { who: ana, from: 2026-12-25T10:00+01:00, until: 2026-12-25 16:00Z }
`),
    );

    expect(mistakes).toEqual([]);
    expect(catalog?.contacts['on-call']).toEqual({
      name: 'on-call',
      rotation: {
        who: ['ana', 'ben'],
        start: '2026-11-23T09:00',
        days: 7,
        timeZone: 'Europe/Vilnius',
        overrides: [
          { who: 'ben', from: Date.UTC(2026, 11, 24, 16), until: Date.UTC(2026, 11, 27, 7) },
          { who: 'ana', from: Date.UTC(2026, 11, 25, 9), until: Date.UTC(2026, 11, 25, 16) },
        ],
      },
    });
  });

  test.each([
    ['1d', 1],
    ['2w', 14],
    ['10d', 10],
  ])('may be %s long', (length, days) => {
    const { catalog } = read(rotation(`who: [ana]\n${start}length: ${length}\n`));

    expect(catalog?.contacts['on-call']).toMatchObject({ rotation: { days } });
  });

  test.each([
    ['who: [ana, nobody]\n', '10: there is no contact nobody here'],
    ['who: [ana, on-call]\n', '10: on-call is a rotation itself; only people and groups take turns'],
    ['who: []\n', '10: contacts.on-call.rotation.who: must have at least 1 entry'],
    [
      'who: [ana]\nlength: 12h\n',
      '11: contacts.on-call.rotation.length: must be whole days or weeks like 1d, 1w or 2w',
    ],
    [
      'who: [ana]\nlength: 0d\n',
      '11: contacts.on-call.rotation.length: must be whole days or weeks like 1d, 1w or 2w',
    ],
    ['who: [ana]\nends: 2027-01-01\n', '11: contacts.on-call.rotation: there is no key ends here'],
    [
      'who: [ana]\noverrides:\n  - { who: nobody, from: 2026-12-24 18:00, until: 2026-12-25 18:00 }\n',
      '12: there is no contact nobody here',
    ],
    [
      'who: [ana]\noverrides:\n  - { who: ben, from: 2026-12-24 18:00, until: 2026-12-24 09:00 }\n',
      '12: contacts.on-call.rotation.overrides.0.until: must be later than from',
    ],
    [
      'who: [ana]\noverrides:\n  - { who: ben, from: tomorrow, until: 2026-12-24 09:00 }\n',
      '12: contacts.on-call.rotation.overrides.0.from: must be a local date and time like 2026-12-24 18:00, or one with its offset like 2026-12-24T18:00+02:00',
    ],
  ])('with %j is reported with its line', (body, mistake) => {
    expect(mistakesOf(rotation(`${body}${start}`))).toEqual([mistake]);
  });

  test.each([
    [
      'start: 2026-02-30 09:00\ntime_zone: Europe/Vilnius\n',
      '11: contacts.on-call.rotation.start: must be a local date and time like 2026-11-23 09:00',
    ],
    [
      'start: 2026-11-23 09:00\ntime_zone: Vilnius\n',
      '12: contacts.on-call.rotation.time_zone: must be a time zone like Europe/Vilnius',
    ],
    ['start: 2026-11-23 09:00\n', '10: contacts.on-call.rotation.time_zone: is missing'],
  ])('with the times %j is reported with its line', (times, mistake) => {
    expect(mistakesOf(rotation(`who: [ana]\n${times}`))).toEqual([mistake]);
  });

  test('has its mistakes reported in the same words, whatever the process loaded before', () => {
    // The first schema of full zod sets zod's own messages for the whole process.
    z.string();

    expect(mistakesOf(rotation(`who: []\n${start}`))).toEqual([
      '10: contacts.on-call.rotation.who: must have at least 1 entry',
    ]);
  });

  test('has no address of its own, because its people are notified', () => {
    const mistakes = mistakesOf(`    slack: '@oncall'\n${rotation(`who: [ana]\n${start}`)}`);

    expect(mistakes).toEqual([
      '9: contacts.on-call.slack: cannot stand beside a rotation, whose people are notified instead',
    ]);
  });
});
