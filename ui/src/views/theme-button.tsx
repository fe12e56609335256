import { nextTheme, theme } from "../state/page.ts";
import { strings } from "../strings.ts";
import { HalfIcon, MoonIcon, SunIcon } from "./icons.tsx";

/** System, light, dark, and round again. */
export function ThemeButton() {
  const label = strings.theme.label(strings.theme[theme.value]);
  return (
    <button type="button" class="quiet round" aria-label={label} title={label} onClick={nextTheme}>
      {theme.value === "auto" ? <HalfIcon /> : theme.value === "light" ? <SunIcon /> : <MoonIcon />}
    </button>
  );
}
