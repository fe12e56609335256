import { numberOf, words } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { patternFits } from "../regexp/fits.ts";
import type { Shape } from "./parts.ts";
import type { Place } from "./place.ts";

const FIELDS = ["shortText", "longText", "number", "obscured", "date"] as const;
const MISMATCH = "Not in the expected form";

/** What an input shows; undefined for every other type. */
export function inputShape(type: string, place: Place): Shape | undefined {
  switch (type) {
    case "TextField":
      return textField(place);
    case "CheckBox":
      return { type, ...common(place), value: place.entered("value") === true };
    case "ChoicePicker":
      return choicePicker(place);
    case "Slider":
      return slider(place);
    case "DateTimeInput":
      return dateTimeInput(place);
    default:
      return undefined;
  }
}

function common(place: Place) {
  return { label: place.text("label"), target: place.target("value"), faults: place.faults() };
}

function textField(place: Place): Shape {
  const value = words(place.entered("value")).slice(0, LIMITS.textChars);
  const { faults, ...rest } = common(place);
  const isFitting = value === "" || fitsPattern(place, value);
  return {
    type: "TextField",
    ...rest,
    value,
    variant: place.word("variant", FIELDS, "shortText"),
    faults: isFitting ? faults : [...faults, MISMATCH],
  };
}

function fitsPattern(place: Place, value: string): boolean {
  const { validationRegexp } = place.props;
  if (typeof validationRegexp !== "string") return true;
  try {
    return patternFits(validationRegexp, value);
  } catch {
    place.scope.problem("a validationRegexp is not supported");
    return false;
  }
}

function choicePicker(place: Place): Shape {
  const isSingle = place.word("variant", ["multipleSelection", "mutuallyExclusive"], "mutuallyExclusive") === "mutuallyExclusive";
  const entered = place.entered("value");
  const chosen = Array.isArray(entered) ? entered : entered === undefined || entered === "" ? [] : [entered];
  return {
    type: "ChoicePicker",
    ...common(place),
    value: chosen.map(words).slice(0, isSingle ? 1 : LIMITS.options),
    options: place.items("options", LIMITS.options).map(({ label, value }) => ({ label: place.textOf(label), value: words(value) })),
    isSingle,
    most: isSingle ? 1 : Math.max(1, place.number("most", LIMITS.options)),
    displayStyle: place.word("displayStyle", ["checkbox", "chips"], "checkbox"),
    filterable: place.props.filterable === true,
  };
}

function slider(place: Place): Shape {
  const min = place.number("min", 0);
  const max = Math.max(min, place.number("max", 100));
  const entered = numberOf(place.entered("value"));
  const value = Number.isFinite(entered) ? Math.min(max, Math.max(min, entered)) : min;
  return { type: "Slider", ...common(place), value, min, max };
}

/** A value that says more than the input shows is cut to what it shows: `2026-01-16T09:30:00Z` on a day is that day. */
function dateTimeInput(place: Place): Shape {
  const isTime = place.props.enableTime === true;
  const mode = isTime ? (place.props.enableDate === true ? "datetime-local" : "time") : "date";
  const shown = (text: string) => moment(text, mode);
  return {
    type: "DateTimeInput",
    ...common(place),
    value: shown(words(place.entered("value"))),
    mode,
    min: shown(place.text("min")),
    max: shown(place.text("max")),
  };
}

function moment(text: string, mode: "date" | "time" | "datetime-local"): string {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0] ?? "";
  const time = /(?:^|T)(\d{2}:\d{2})/.exec(text)?.[1] ?? "";
  if (mode === "date") return day;
  if (mode === "time") return time;
  return day === "" ? "" : `${day}T${time || "00:00"}`;
}
