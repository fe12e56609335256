import { useState } from "preact/hooks";
import { strings } from "../strings.ts";

export interface Action {
  busy: boolean;
  failure: string | undefined;
  run: () => Promise<void>;
}

/** Runs an action and then `done`, or says why it did not work. */
export function useAction(action: () => Promise<void>, done: () => void = () => undefined): Action {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const run = async (): Promise<void> => {
    setBusy(true);
    setFailure(undefined);
    try {
      await action();
      done();
    } catch (error) {
      setFailure(strings.session.failed(error instanceof Error ? error.message : String(error)));
    } finally {
      setBusy(false);
    }
  };
  return { busy, failure, run };
}
