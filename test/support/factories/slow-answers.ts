import type { ServerResponse } from 'node:http';

/** `onWaiting` is called once, when the caller waits. */
type SlowAnswer = (response: ServerResponse, onWaiting: () => void) => void;

/** The ways in which a server can keep a caller waiting for good, for `test.each`: a title and the server. */
export const slowAnswers: [string, SlowAnswer][] = [
  ['never answers', (_response, onWaiting) => onWaiting()],
  ['answers drop by drop', drip],
];

const SOME = 20;

function drip(response: ServerResponse, onWaiting: () => void): void {
  let drops = 0;
  function more(): void {
    if (response.destroyed) return;
    drops += 1;
    if (drops === SOME) onWaiting();
    response.write(' ', () => setImmediate(more));
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  more();
}
