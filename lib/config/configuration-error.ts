/** One variable that cannot be used, and why in a few words. The words never hold the value. */
export type ConfigurationProblem = { variable: string; problem: string };

/** The environment cannot be used; the message is one sentence that names every bad variable. */
export class ConfigurationError extends Error {
  readonly problems: readonly ConfigurationProblem[];

  constructor(problems: ConfigurationProblem[], options?: ErrorOptions) {
    super(
      `Bad configuration: ${problems.map(({ variable, problem }) => `${variable} ${problem}`).join('; ')}.`,
      options,
    );
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}
