/** Whether a text has the form of an incident's id: `{key}.{episode}`. Keys are digits and lower-case letters. */
export function isIncidentId(text: string): boolean {
  return /^[0-9a-z]{1,64}\.[1-9]\d{0,5}$/.test(text);
}
