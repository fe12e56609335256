import type { Progress } from "../session.ts";
import { strings } from "../strings.ts";

/** Says what becomes of an action. It is always there, so that a screen reader hears it change. */
export function ProgressLine({ progress }: { progress: Progress | undefined }) {
  return (
    <div class={`progress ${progress?.phase ?? "none"}`} role="status">
      {progress && <span class="pill">{phrase(progress)}</span>}
    </div>
  );
}

function phrase({ phase, name, error }: Progress): string {
  switch (phase) {
    case "sending":
      return strings.sending(name);
    case "working":
      return strings.working(name);
    case "failed":
      return strings.failed(name, error);
  }
}
