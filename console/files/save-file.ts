/** A link cannot send the token, so this saves text that the page has fetched already. */
export function saveFile(parts: string[], name: string, type: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(parts, { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
