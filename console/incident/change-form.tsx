import { useRef, useState } from 'preact/hooks';
import type { ListedIncident, ShownIncident } from '../api/answers.ts';
import type { Api } from '../api/client.ts';
import type { Session } from '../session/session.ts';

type FormProps = {
  api: Api;
  session: Session;
  incident: ShownIncident['incident'];
  onChanged(incident: ListedIncident): void;
};

type What = 'acknowledge' | 'resolve';

const READ_ONLY = 'This token may only read. To acknowledge or resolve, forget it and enter a write token.';

/** Acknowledges the incident, or resolves it by hand. Remembers the person's name for the next time. */
export function ChangeForm({ api, session, incident, onChanged }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [busy, setBusy] = useState<What>();
  const [outcome, setOutcome] = useState('');
  const [readOnly, setReadOnly] = useState(session.readOnly);
  if (readOnly) {
    return (
      <p class="change muted" role="status">
        {READ_ONLY}
      </p>
    );
  }

  async function send(what: What): Promise<void> {
    if (!form.current?.reportValidity()) return;
    const { by, note } = valuesOf(form.current);
    session.keepName(by);
    setBusy(what);
    setOutcome('');
    const answer = await api.change(incident.id, what, {
      by,
      note: note === '' ? undefined : note,
      asOf: what === 'acknowledge' ? incident.version : undefined,
    });
    setBusy(undefined);
    if (answer.kind === 'ok') {
      setOutcome(wordsFor(what, answer.value.outcome));
      return onChanged(answer.value.incident);
    }
    if (answer.kind === 'refused' && answer.status === 403) {
      session.noteReadOnly();
      return setReadOnly(true);
    }
    if (answer.kind !== 'aborted') setOutcome(answer.detail);
  }

  return (
    <form
      ref={form}
      class="change"
      aria-label="Acknowledge or resolve"
      onSubmit={(event) => {
        event.preventDefault();
        const resolve = event.submitter instanceof HTMLButtonElement && event.submitter.value === 'resolve';
        void send(resolve ? 'resolve' : 'acknowledge');
      }}
    >
      <div class="field">
        <label for="by">Your name</label>
        <input id="by" name="by" required maxLength={100} defaultValue={session.name()} autocomplete="off" />
      </div>
      <div class="field wide">
        <label for="note">Note (optional)</label>
        <input id="note" name="note" maxLength={1000} autocomplete="off" />
      </div>
      <div class="actions">
        <button type="submit" class="primary" value="acknowledge" disabled={busy !== undefined}>
          {busy === 'acknowledge' ? 'Acknowledging …' : 'Acknowledge'}
        </button>
        <button type="submit" value="resolve" disabled={busy !== undefined}>
          {busy === 'resolve' ? 'Resolving …' : 'Resolve'}
        </button>
      </div>
      <p class="note" role="status">
        {outcome}
      </p>
    </form>
  );
}

function wordsFor(what: What, outcome: 'changed' | 'unchanged'): string {
  if (outcome === 'unchanged') {
    return what === 'acknowledge' ? 'It was acknowledged already, or is over.' : 'It was resolved already.';
  }
  return what === 'acknowledge' ? 'Acknowledged.' : 'Resolved.';
}

function valuesOf(form: HTMLFormElement): { by: string; note: string } {
  const data = new FormData(form);
  const text = (name: string) => {
    const value = data.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  return { by: text('by'), note: text('note') };
}
