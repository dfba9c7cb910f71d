/** Everything that a test file has started, ended in the opposite order whatever became of the test. */
export interface Stoppable {
  stop(): Promise<unknown>;
}

export class Started {
  readonly #all: Stoppable[] = [];
  #over = false;

  /** Gives the thing back once it runs, and remembers to end it. */
  async add<T extends Stoppable>(starting: T | Promise<T>): Promise<T> {
    const started = await starting;
    // A hook that failed does not wait for what it was still starting.
    if (this.#over) await started.stop();
    else this.#all.push(started);
    return started;
  }

  /** Ends everything; one that cannot be ended does not save the others. @throws the first failure */
  async stop(): Promise<void> {
    this.#over = true;
    const failures: unknown[] = [];
    for (const one of this.#all.splice(0).reverse()) {
      await one.stop().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
