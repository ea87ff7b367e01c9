import { useRef, useState } from 'preact/hooks';
import type { FilledCommand } from '../api/answers.ts';

/** Commands to type next, filled in from the findings. Nothing here runs anything. */
export function Commands({ commands }: { commands: readonly FilledCommand[] }) {
  if (commands.length === 0) return null;
  return (
    <section aria-labelledby="commands">
      <h2 id="commands">Do next</h2>
      <ol class="commands">
        {commands.map((command) => (
          <li key={command.text + command.command}>
            <Command command={command} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Command({ command: { text, command, caution, withheld } }: { command: FilledCommand }) {
  const line = useRef<HTMLElement>(null);
  const [outcome, setOutcome] = useState('');
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(command);
      setOutcome('Copied');
    } catch {
      // Browsers give the clipboard only to encrypted pages, and some only with permission.
      if (line.current) getSelection()?.selectAllChildren(line.current);
      setOutcome('Selected; copy it by hand');
    }
  }
  if (withheld !== undefined) {
    return (
      <p>
        {text} <span class="note">(not shown: {withheld})</span>
      </p>
    );
  }
  return (
    <>
      <p>{text}</p>
      {caution !== undefined && <p class="caution">Caution: {caution}</p>}
      <div class="command">
        <pre tabIndex={0} aria-label={`Command: ${text}`}>
          <code ref={line}>{command}</code>
        </pre>
        <button type="button" aria-label={`Copy the command: ${text}`} onClick={() => void copy()}>
          Copy
        </button>
      </div>
      <p class="note" role="status">
        {outcome}
      </p>
    </>
  );
}
