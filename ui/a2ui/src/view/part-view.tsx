import type { Part } from "../model/parts.ts";
import { strings } from "../strings.ts";
import { ButtonView } from "./button-view.tsx";
import { CardView, DividerView, ListView, StackView } from "./containers.tsx";
import { CheckBoxView } from "./check-box-view.tsx";
import { ChoiceView } from "./choice-view.tsx";
import { DateTimeView } from "./date-time-view.tsx";
import { IconView } from "./icon-view.tsx";
import { AudioView, ImageView, VideoView } from "./media.tsx";
import { ModalView } from "./modal-view.tsx";
import { SliderView } from "./slider-view.tsx";
import { TabsView } from "./tabs-view.tsx";
import { TextFieldView } from "./text-field-view.tsx";
import { TextView } from "./text-view.tsx";

/** Any part. */
export function PartView({ part }: { part: Part }) {
  switch (part.type) {
    case "Text":
      return <TextView part={part} />;
    case "Image":
      return <ImageView part={part} />;
    case "Icon":
      return <IconView part={part} />;
    case "Video":
      return <VideoView part={part} />;
    case "AudioPlayer":
      return <AudioView part={part} />;
    case "Row":
    case "Column":
      return <StackView part={part} />;
    case "List":
      return <ListView part={part} />;
    case "Card":
      return <CardView part={part} />;
    case "Tabs":
      return <TabsView part={part} />;
    case "Modal":
      return <ModalView part={part} />;
    case "Divider":
      return <DividerView part={part} />;
    case "Button":
      return <ButtonView part={part} />;
    case "TextField":
      return <TextFieldView part={part} />;
    case "CheckBox":
      return <CheckBoxView part={part} />;
    case "ChoicePicker":
      return <ChoiceView part={part} />;
    case "Slider":
      return <SliderView part={part} />;
    case "DateTimeInput":
      return <DateTimeView part={part} />;
    case "Unknown":
      return <span class="placeholder" data-id={part.id}>{strings.unknown(part.name)}</span>;
    case "Cut":
      return <span class="placeholder" data-id={part.id}>{strings.cut(part.why)}</span>;
    case "Waiting":
      return <span class="waiting" aria-busy="true"><span class="sr-only">{strings.component}</span></span>;
  }
}
