import type { Fields } from "../json.ts";
import { action, bound, boundItems, childList } from "./v08-values.ts";

type Translation = (old: Fields) => Fields;

const stack: Translation = (old) => ({
  children: childList(old.children),
  justify: old.distribution,
  align: old.alignment,
});

/** What each component of the 0.8 catalogue is called in the words of 0.9. */
const TRANSLATIONS: Readonly<Record<string, Translation>> = {
  Text: (old) => ({ text: bound(old.text), variant: old.usageHint }),
  Image: (old) => ({
    url: bound(old.url),
    description: bound(old.altText),
    fit: old.fit === "scale-down" ? "scaleDown" : old.fit,
    variant: old.usageHint,
  }),
  Icon: (old) => ({ name: bound(old.name) }),
  Video: (old) => ({ url: bound(old.url) }),
  AudioPlayer: (old) => ({ url: bound(old.url), description: bound(old.description) }),
  Row: stack,
  Column: stack,
  List: (old) => ({ children: childList(old.children), direction: old.direction, align: old.alignment }),
  Card: (old) => ({ child: old.child }),
  Tabs: (old) => ({ tabs: boundItems(old.tabItems, ["title"]) }),
  Divider: (old) => ({ axis: old.axis }),
  Modal: (old) => ({ trigger: old.entryPointChild, content: old.contentChild }),
  Button: (old) => ({
    child: old.child,
    variant: old.primary === true ? "primary" : undefined,
    action: action(old.action),
  }),
  CheckBox: (old) => ({ label: bound(old.label), value: bound(old.value) }),
  TextField: (old) => ({
    label: bound(old.label),
    value: bound(old.text),
    variant: old.textFieldType,
    validationRegexp: old.validationRegexp,
  }),
  DateTimeInput: (old) => ({ value: bound(old.value), enableDate: old.enableDate, enableTime: old.enableTime }),
  MultipleChoice: (old) => ({
    value: bound(old.selections),
    options: boundItems(old.options, ["label"]),
    variant: old.maxAllowedSelections === 1 ? "mutuallyExclusive" : "multipleSelection",
    most: old.maxAllowedSelections,
    displayStyle: old.variant,
    filterable: old.filterable,
  }),
  Slider: (old) => ({
    label: bound(old.label),
    value: bound(old.value),
    min: old.minValue,
    max: old.maxValue,
  }),
};

/** A component of 0.8 as one of 0.9; a type that is not in the catalogue keeps its name and its fields. */
export function translate(type: string, old: Fields): [type: string, props: Fields] {
  const translation = Object.hasOwn(TRANSLATIONS, type) ? TRANSLATIONS[type] : undefined;
  if (!translation) return [type, old];
  return [type === "MultipleChoice" ? "ChoicePicker" : type, translation(old)];
}
