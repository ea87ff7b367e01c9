/** Bytes of one word: as base64, with what stands around it, it has at most 75 characters. */
const MAX_BYTES = 45;

/**
 * A header's text that already looks like an encoded word (RFC 2047), encoded as one, so that it is shown as it is: an
 * alert may be named `=?utf-8?B?…?=`, and mail clients would show what that means instead. Any other text as it is, because
 * nodemailer encodes what needs it.
 */
export function encodeIfAmbiguous(text: string): string {
  if (!text.includes('=?')) return text;
  const words: string[] = [''];
  for (const character of text.toWellFormed()) {
    const longer = `${words.at(-1)}${character}`;
    if (Buffer.byteLength(longer) > MAX_BYTES) words.push(character);
    else words[words.length - 1] = longer;
  }
  // White space between two encoded words is not shown.
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ');
}
