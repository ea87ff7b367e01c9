import { render } from 'preact';
import { App } from './app.tsx';
import { createSession } from './session/session.ts';

const place = document.querySelector('#console');
if (place) {
  place.replaceChildren();
  render(<App session={createSession(sessionStorage)} />, place);
}
