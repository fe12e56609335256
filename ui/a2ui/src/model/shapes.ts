import { isFields, words } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { mediaAddress } from "./address.ts";
import { inputShape } from "./input-shapes.ts";
import type { Shape } from "./parts.ts";
import type { Place } from "./place.ts";

const TEXTS = ["h1", "h2", "h3", "h4", "h5", "caption", "body"] as const;
const IMAGES = ["icon", "avatar", "smallFeature", "mediumFeature", "largeFeature", "header"] as const;
const FITS = ["contain", "cover", "fill", "none", "scaleDown"] as const;
const JUSTIFIES = ["start", "center", "end", "spaceBetween", "spaceAround", "spaceEvenly", "stretch"] as const;
const ALIGNS = ["start", "center", "end", "stretch"] as const;
/** The longest outline of an icon that an agent draws. */
const SVG_PATH_CHARS = 4_096;

/** What a component of this type shows at its place. */
export function shapeOf(type: string, place: Place): Shape {
  switch (type) {
    case "Text":
      return { type, text: place.text("text"), variant: place.word("variant", TEXTS, "body") };
    case "Image":
      return {
        type,
        url: mediaAddress(place.address("url"), "image"),
        description: place.text("description"),
        fit: place.word("fit", FITS, "fill"),
        variant: place.word("variant", IMAGES, "mediumFeature"),
      };
    case "Icon":
      return iconShape(place);
    case "Video":
      return { type, url: mediaAddress(place.address("url"), "video") };
    case "AudioPlayer":
      return { type, url: mediaAddress(place.address("url"), "audio"), description: place.text("description") };
    case "Divider":
      return { type, axis: place.word("axis", ["horizontal", "vertical"], "horizontal") };
    case "Button":
      return {
        type,
        child: place.child("child"),
        variant: place.word("variant", ["default", "primary", "borderless"], "default"),
        press: { action: place.props.action, base: place.scope.base },
        faults: place.faults(),
      };
    default:
      return containerShape(type, place) ?? inputShape(type, place) ?? { type: "Unknown", name: type.slice(0, 80) };
  }
}

function containerShape(type: string, place: Place): Shape | undefined {
  const align = place.word("align", ALIGNS, "stretch");
  switch (type) {
    case "Row":
    case "Column":
      return { type, children: place.children(), justify: place.word("justify", JUSTIFIES, "start"), align };
    case "List":
      return { type, children: place.children(), direction: place.word("direction", ["vertical", "horizontal"], "vertical"), align };
    case "Card":
      return { type, child: place.child("child") };
    case "Tabs":
      return {
        type,
        tabs: place.items("tabs", LIMITS.tabs).map(({ title, child }, index) => ({
          title: place.textOf(title),
          child: place.childOf(child, String(index)),
        })),
      };
    case "Modal":
      return { type, trigger: place.child("trigger"), content: place.child("content") };
    default:
      return undefined;
  }
}

/** A name of the catalogue, or an outline that consists of nothing but drawing commands. */
function iconShape(place: Place): Shape {
  const { name } = place.props;
  const drawn = isFields(name) ? words(name.svgPath) : "";
  const isOutline = drawn.length <= SVG_PATH_CHARS && /^[MmZzLlHhVvCcSsQqTtAa\d\s,.eE+-]+$/.test(drawn);
  return { type: "Icon", name: drawn ? "" : iconName(place.text("name")), svgPath: isOutline ? drawn : undefined };
}

/** The catalogue writes `arrowBack`; agents know the same icon as `arrow_back` too. */
function iconName(name: string): string {
  return name.slice(0, 80).replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
