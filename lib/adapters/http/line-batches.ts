/**
 * The lines of a text as it arrives, those of one chunk at a time. Never more than one chunk and one line are held;
 * a line longer than `longest` characters is left out.
 */
export async function* lineBatches(chunks: AsyncIterable<Uint8Array>, longest: number) {
  const decoder = new TextDecoder();
  let begun = '';
  for await (const chunk of chunks) {
    const pieces = decoder.decode(chunk, { stream: true }).split('\n');
    pieces[0] = begun + (pieces[0] ?? '');
    // One character more than is allowed says that the line is too long, however long it becomes.
    begun = (pieces.pop() ?? '').slice(0, longest + 1);
    yield whole(pieces, longest);
  }
  yield whole([begun + decoder.decode()], longest);
}

function whole(lines: string[], longest: number): string[] {
  return lines.filter((line) => line.length <= longest).map((line) => line.replace(/\r$/, ''));
}
