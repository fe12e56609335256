import { useLayoutEffect } from "preact/hooks";
import type { Session } from "../session.ts";
import { strings } from "../strings.ts";
import { ProgressLine } from "./progress-line.tsx";
import { SurfaceView } from "./surface-view.tsx";

/** All surfaces under each other, and what becomes of the last action. */
export function Page({ session }: { session: Session }) {
  const theme = session.shownTheme.value;
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const surfaces = [...session.stage.surfaces.value.values()].filter(({ root }) => root !== undefined);
  return (
    <main class="page">
      <h1 class="sr-only">{strings.title}</h1>
      {surfaces.length === 0 && <p class="empty">{strings.waiting}</p>}
      {surfaces.map((surface) => <SurfaceView key={surface.id} surface={surface} session={session} />)}
      <ProgressLine progress={session.progress.value} />
    </main>
  );
}
