import type { Worker } from 'node:worker_threads';
import { type PoolOptions, type PoolWorker, ThreadsPoolWorker, type WorkerRequest } from 'vitest/node';

/** A thread grows with each run, because Vitest does not expect one to stay. */
const MOST_RUNS = 200;

/** Where Vitest's class has its thread. A Vitest that names it otherwise fails here, and not silently. */
const THREAD = '_thread';

let parked: { thread: Worker; runs: number } | undefined;

/**
 * A thread that stays for the next mutant. Stryker runs Vitest once a mutant, and most of that time starts a thread and
 * loads modules. A mutant is switched on while the tests run, so that loaded modules can stay. Only a mutant of what a
 * module does while it is loaded (Stryker calls it static) gets a new thread, which no other mutant has afterwards.
 */
export class KeptWorker extends ThreadsPoolWorker implements PoolWorker {
  override readonly name = 'kept';
  readonly #mayStay: boolean;
  #runs = 0;

  constructor(options: PoolOptions) {
    super(options);
    const context = options.project.getProvidedContext() as { mode?: string; mutantActivation?: string };
    this.#mayStay = context.mode === 'mutant' && context.mutantActivation === 'runtime';
  }

  override async start(): Promise<void> {
    if (this.#mayStay && parked !== undefined) {
      Reflect.set(this, THREAD, parked.thread);
      this.#runs = parked.runs;
      parked = undefined;
    }
    this.#runs += 1;
    await super.start();
  }

  override send(message: WorkerRequest): void {
    if (message.type === 'stop' && this.#stays()) {
      setImmediate(() =>
        this.#getThread().emit('message', { type: 'stopped', __vitest_worker_response__: true }),
      );
    } else super.send(message);
  }

  override async stop(): Promise<void> {
    if (!this.#stays()) return super.stop();
    const thread = this.#getThread();
    for (const event of ['message', 'error', 'exit']) thread.removeAllListeners(event);
    thread.stdout.unpipe();
    thread.stderr.unpipe();
    thread.unref();
    parked = { thread, runs: this.#runs };
  }

  #getThread(): Worker {
    return Reflect.get(this, THREAD) as Worker;
  }

  #stays(): boolean {
    return this.#mayStay && this.#runs < MOST_RUNS && parked === undefined;
  }
}
