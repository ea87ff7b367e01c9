import type { ExportFormat } from '../api/answers.ts';
import type { Answer, Api } from '../api/client.ts';

/** Every page of an export, joined into one file; `onPage` gets the number of pages so far. */
export async function collectExport(
  fetchPage: Api['exportPage'],
  format: ExportFormat,
  parameters: Record<string, string>,
  signal: AbortSignal,
  onPage: (pages: number) => void,
): Promise<Answer<string[]>> {
  const parts: string[] = [];
  let next: string | undefined = `incidents.${format}?${new URLSearchParams(parameters).toString()}`;
  while (next !== undefined) {
    const answer: Awaited<ReturnType<Api['exportPage']>> = await fetchPage(next, signal);
    if (answer.kind !== 'ok') return answer;
    parts.push(answer.value.text);
    onPage(parts.length);
    next = answer.value.next;
  }
  return { kind: 'ok', value: parts };
}
