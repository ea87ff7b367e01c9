/** The stack cannot run, for a reason that one sentence explains. `npm start` prints it without a stack trace. */
export class StartError extends Error {
  override name = 'StartError';
}

/** Starts one part; any error becomes a sentence that names the part and the way around it. */
export async function startPart<T>(part: string, failover: string, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof StartError) throw error;
    const why = (error instanceof Error ? error.message : String(error)).split('\n')[0];
    throw new StartError(`${part} could not be started (${why}); ${failover}.`, { cause: error });
  }
}
