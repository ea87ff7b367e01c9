/** npm forwards a Ctrl-C that the terminal has sent as well; only a later one is a second Ctrl-C. */
const SAME_KEYPRESS = 500;

/** The first SIGINT, SIGTERM or SIGHUP (a closed terminal) stops in order, a later one at once. */
export function stopOnSignals(): AbortSignal {
  const stopping = new AbortController();
  let first = 0;
  function onSignal(): void {
    if (!stopping.signal.aborted) {
      first = Date.now();
      console.log('\nStopping …');
      stopping.abort();
      return;
    }
    if (Date.now() - first > SAME_KEYPRESS) process.exit(130);
  }
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onSignal);
  return stopping.signal;
}

/** One sentence for any error; the errors of this project are sentences already. */
export function sentenceFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const missing = /Cannot find (?:package|module) '([^']+)'/.exec(error.message)?.[1];
  if ('code' in error && error.code === 'ERR_MODULE_NOT_FOUND' && missing !== undefined) {
    return `The package ${missing} is missing; run npm ci first.`;
  }
  if (error.name === 'StartError' || error.name === 'ConfigurationError') return error.message;
  return `The local stack cannot run: ${error.message.split('\n')[0]}`;
}
