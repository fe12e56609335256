import { useState } from "preact/hooks";
import { strings } from "../strings.ts";

export interface Action<Args extends readonly unknown[] = []> {
  busy: boolean;
  failure: string | undefined;
  run: (...args: Args) => Promise<void>;
}

/** Runs an action and then `done`, or says why it did not work. */
export function useAction<Args extends readonly unknown[] = []>(
  action: (...args: Args) => Promise<void>,
  done: () => void = () => undefined,
): Action<Args> {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const run = async (...args: Args): Promise<void> => {
    setBusy(true);
    setFailure(undefined);
    try {
      await action(...args);
      done();
    } catch (error) {
      setFailure(strings.session.failed(error instanceof Error ? error.message : String(error)));
    } finally {
      setBusy(false);
    }
  };
  return { busy, failure, run };
}
