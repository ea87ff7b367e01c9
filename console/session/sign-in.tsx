import { useEffect, useRef, useState } from 'preact/hooks';
import { createApi } from '../api/client.ts';
import type { Session } from './session.ts';

const UNKNOWN = 'The API does not know this token.';

/** Asks for a token, and keeps it only when the API accepts it. */
export function SignIn({ session, root }: { session: Session; root: string }) {
  const field = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState(session.why());
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    document.title = 'Sign in - first-responder';
    field.current?.focus();
  }, []);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const token = field.current?.value.trim() ?? '';
    if (token === '') return setProblem('Enter a token first.');
    // A header allows no other characters, and none of our tokens has any.
    if (!/^[\x21-\x7e]+$/.test(token)) return setProblem(UNKNOWN);
    setAsking(true);
    const answer = await createApi({ root, token, onUnauthorized() {} }).list({ limit: '1' });
    setAsking(false);
    if (answer.kind === 'ok') return session.keep(token);
    if (field.current) field.current.value = '';
    field.current?.focus();
    if (answer.kind === 'refused') return setProblem(answer.status === 401 ? UNKNOWN : answer.detail);
    if (answer.kind === 'unreachable') setProblem(answer.detail);
  }

  return (
    <main id="main" class="sign-in">
      <form onSubmit={(event) => void submit(event)} autocomplete="off">
        <h1>first-responder</h1>
        <p class="muted">
          Incidents, what was found, and who was notified. A read token shows them; a write token also
          acknowledges and resolves.
        </p>
        <label for="token">Token</label>
        <input
          ref={field}
          id="token"
          type="password"
          autocomplete="off"
          spellcheck={false}
          aria-describedby="token-note"
          aria-invalid={problem !== undefined}
        />
        <p id="token-note" class="note" role="alert">
          {problem}
        </p>
        <button type="submit" class="primary" disabled={asking}>
          {asking ? 'Asking the API …' : 'Open the console'}
        </button>
        <p class="fine">It stays in this tab and is forgotten when the tab is closed.</p>
      </form>
    </main>
  );
}
