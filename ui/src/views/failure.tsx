import { strings } from "../strings.ts";
import { AlertIcon } from "./icons.tsx";

interface FailureProps {
  /** The sentence; nothing is shown without one. */
  reason: string | undefined;
  retry: () => void;
}

/** What could not be loaded, why, and how to try again. */
export function Failure({ reason, retry }: FailureProps) {
  if (!reason) return null;
  return (
    <div class="problem" role="alert">
      <AlertIcon />
      <p>{reason}</p>
      <button type="button" class="quiet small" onClick={retry}>{strings.retry}</button>
    </div>
  );
}
