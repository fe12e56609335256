import { useEffect, useErrorBoundary, useMemo } from "preact/hooks";
import { type Drawing, draw } from "../model/draw.ts";
import { headingLevels } from "../model/headings.ts";
import type { Surface, Theme } from "../model/surface.ts";
import type { Session } from "../session.ts";
import { strings } from "../strings.ts";
import { inkOn, readableOn } from "./ink.ts";
import { PartView } from "./part-view.tsx";
import { type Surfacing, SurfacingContext } from "./surfacing.ts";

/** One surface. Whatever breaks inside it leaves the others alone, and the agent is told. */
export function SurfaceView({ surface, session }: { surface: Surface; session: Session }) {
  const { id, theme } = surface;
  const drawing = useMemo(() => draw(surface, session.locale), [surface, session]);
  const [broken, mend] = useErrorBoundary((error: unknown) => session.report("RENDER_FAILED", String(error), id));
  useEffect(() => mend(), [surface]);
  useEffect(() => {
    for (const problem of drawing.problems) session.report("RENDER_FAILED", problem, id);
  }, [drawing]);
  const surfacing = useMemo(() => surfacingOf(id, session, drawing), [id, session, drawing]);
  return (
    <section class={theme.primaryColor ? "surface tinted" : "surface"} data-surface={id} style={lookOf(theme)}>
      <Agent theme={theme} />
      <SurfacingContext.Provider value={surfacing}>
        {broken ? <p class="placeholder">{strings.cut("it could not be drawn")}</p> : drawing.root && <PartView part={drawing.root} />}
      </SurfacingContext.Provider>
    </section>
  );
}

function Agent({ theme: { agentName, agentIcon } }: { theme: Theme }) {
  if (!agentName && !agentIcon) return null;
  return (
    <p class="agent">
      {agentIcon && <img src={agentIcon} alt="" width="20" height="20" referrerpolicy="no-referrer" />}
      {agentName && <span>{strings.from(agentName)}</span>}
    </p>
  );
}

function surfacingOf(id: string, session: Session, { root }: Drawing): Surfacing {
  const levels = root ? headingLevels(root) : new Map<string, number>();
  return {
    levelOf: (key) => levels.get(key) ?? 2,
    enter: (target, value) => session.enter(id, target, value),
    press: (part, event) => session.press(id, part, event.isTrusted),
    open: (url, event) => session.open(url, event.isTrusted),
  };
}

/** The grounds of both themes on which coloured text is read worst: `--tint`. */
const LIGHT_GROUND = "#dcecea";
const DARK_GROUND = "#182b33";

/** The agent's colour and font, by custom properties: a style sheet decides where they may go. */
function lookOf({ primaryColor, font }: Theme): Record<string, string> {
  const look: Record<string, string> = {};
  if (primaryColor) {
    look["--accent"] = primaryColor;
    look["--accent-hover"] = primaryColor;
    look["--on-accent"] = inkOn(primaryColor);
    look["--accent-on-light"] = readableOn(primaryColor, LIGHT_GROUND);
    look["--accent-on-dark"] = readableOn(primaryColor, DARK_GROUND);
  }
  if (font) look["--sans"] = `"${font}", system-ui, sans-serif`;
  return look;
}
