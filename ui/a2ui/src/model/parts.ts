import type { Path } from "./pointer.ts";

/** Where an input puts what the user enters: a place of the data model, or the input's own memory. */
export type Target = { path: Path } | { input: string };

/** What a button does, not yet worked out: that happens when it is pressed, with the data of that moment. */
export interface Press {
  action: unknown;
  base: Path;
}

/** What an input has in common with every other. */
interface Input {
  label: string;
  target: Target;
  /** The messages of the checks that fail now. */
  faults: string[];
}

export type TextVariant = "h1" | "h2" | "h3" | "h4" | "h5" | "caption" | "body";
export type ImageVariant = "icon" | "avatar" | "smallFeature" | "mediumFeature" | "largeFeature" | "header";
export type Fit = "contain" | "cover" | "fill" | "none" | "scaleDown";
export type Justify = "start" | "center" | "end" | "spaceBetween" | "spaceAround" | "spaceEvenly" | "stretch";
export type Align = "start" | "center" | "end" | "stretch";

/** What a component shows, with every value worked out: all that a view needs to know. */
export type Shape =
  | { type: "Text"; text: string; variant: TextVariant }
  | { type: "Image"; url: string | undefined; description: string; fit: Fit; variant: ImageVariant }
  | { type: "Icon"; name: string; svgPath: string | undefined }
  | { type: "Video"; url: string | undefined }
  | { type: "AudioPlayer"; url: string | undefined; description: string }
  | { type: "Row" | "Column"; children: Part[]; justify: Justify; align: Align }
  | { type: "List"; children: Part[]; direction: "vertical" | "horizontal"; align: Align }
  | { type: "Card"; child: Part }
  | { type: "Tabs"; tabs: { title: string; child: Part }[] }
  | { type: "Modal"; trigger: Part; content: Part }
  | { type: "Divider"; axis: "horizontal" | "vertical" }
  | { type: "Button"; child: Part; variant: "default" | "primary" | "borderless"; press: Press; faults: string[] }
  | ({ type: "TextField"; value: string; variant: "shortText" | "longText" | "number" | "obscured" | "date" } & Input)
  | ({ type: "CheckBox"; value: boolean } & Input)
  | ({
      type: "ChoicePicker";
      value: string[];
      options: { label: string; value: string }[];
      isSingle: boolean;
      /** How many may be chosen. */
      most: number;
      displayStyle: "checkbox" | "chips";
      filterable: boolean;
    } & Input)
  | ({ type: "Slider"; value: number; min: number; max: number } & Input)
  | ({ type: "DateTimeInput"; value: string; mode: "date" | "time" | "datetime-local"; min: string; max: string } & Input)
  /** A type that is in no catalogue of this page. */
  | { type: "Unknown"; name: string }
  /** A component that others refer to and that did not come yet. */
  | { type: "Waiting" }
  /** More than the page draws. */
  | { type: "Cut"; why: string };

/** One drawn component. A component in a template is drawn once for each item. */
export type Part = {
  /** Unique on its surface, and the same from one drawing to the next. */
  key: string;
  /** The id of the component. */
  id: string;
  /** The share of the room in a row or column. */
  weight: number | undefined;
  /** What a screen reader calls it, if the agent says so. */
  called: string | undefined;
  /** More for a screen reader. */
  hint: string | undefined;
} & Shape;

/** The part of one type. */
export type PartOf<Type extends Part["type"]> = Extract<Part, { type: Type }>;
