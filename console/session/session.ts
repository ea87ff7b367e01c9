/** Data kept while the tab is open: never on disk, never in an address. */
export type Session = {
  token(): string | undefined;
  keep(token: string): void;
  /** Forgets the token; the form that asks for the next token shows `why`. */
  drop(why?: string): void;
  why(): string | undefined;
  /** Set once the API has said that this token may only read. */
  readOnly(): boolean;
  noteReadOnly(): void;
  name(): string;
  keepName(name: string): void;
  /** Called after every change of the token. Returns a function that stops this. */
  subscribe(listener: () => void): () => void;
};

const TOKEN = 'first-responder.token';
const READ_ONLY = 'first-responder.read-only';
const NAME = 'first-responder.name';

export function createSession(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): Session {
  const listeners = new Set<() => void>();
  let reason: string | undefined;
  const tell = () => {
    for (const listener of listeners) listener();
  };
  return {
    token: () => storage.getItem(TOKEN) ?? undefined,
    keep(token) {
      storage.setItem(TOKEN, token);
      storage.removeItem(READ_ONLY);
      reason = undefined;
      tell();
    },
    drop(why) {
      storage.removeItem(TOKEN);
      storage.removeItem(READ_ONLY);
      reason = why;
      tell();
    },
    why: () => reason,
    readOnly: () => storage.getItem(READ_ONLY) === 'yes',
    noteReadOnly: () => storage.setItem(READ_ONLY, 'yes'),
    name: () => storage.getItem(NAME) ?? '',
    keepName: (name) => storage.setItem(NAME, name),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
