import { type Fields, isFields } from "../json.ts";
import { mediaAddress } from "../model/address.ts";
import type { Theme } from "../model/surface.ts";

/** The longest name of an agent that is shown. */
const NAME_CHARS = 80;

/** Reads `styles` of 0.8 or `theme` of 0.9; whatever is not understood is left out. */
export function readTheme(value: unknown): Theme {
  if (!isFields(value)) return {};
  const theme: Theme = {};
  const primaryColor = matching(value, "primaryColor", /^#[0-9a-f]{6}$/i);
  const font = matching(value, "font", /^[a-z0-9][a-z0-9 -]{0,63}$/i);
  const agentName = matching(value, "agentDisplayName", /\S/);
  const agentIcon = mediaAddress(matching(value, "iconUrl", /./) ?? "", "image");
  if (primaryColor) theme.primaryColor = primaryColor.toLowerCase();
  if (font) theme.font = font;
  if (agentName) theme.agentName = agentName.slice(0, NAME_CHARS);
  if (agentIcon) theme.agentIcon = agentIcon;
  return theme;
}

function matching(fields: Fields, key: string, pattern: RegExp): string | undefined {
  const value = fields[key];
  return typeof value === "string" && pattern.test(value) ? value : undefined;
}
