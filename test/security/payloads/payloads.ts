import { families, longTexts } from './families.ts';

/** A hostile text, with the family of its seed for the message of a failure. */
export type Payload = { family: string; text: string };

/** How a seed stands in a label: alone, within an ordinary value, and behind what may end the string around it. */
const forms: readonly ((seed: string) => string)[] = [
  (seed) => seed,
  (seed) => `api-${seed}-7`,
  (seed) => `'"\`>\n${seed}`,
];

/** Every seed in every form, each text once. */
export const payloads: readonly Payload[] = distinct([
  ...Object.entries(families).flatMap(([family, seeds]) =>
    seeds.flatMap((seed) => forms.map((form) => ({ family, text: form(seed) }))),
  ),
  ...longTexts.map((text) => ({ family: 'long', text })),
]);

function distinct(all: Payload[]): Payload[] {
  return [...new Map(all.toReversed().map((each) => [each.text, each])).values()].toReversed();
}
