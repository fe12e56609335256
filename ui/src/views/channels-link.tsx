import { attention } from "../state/attention.ts";
import { drawerOpen } from "../state/page.ts";
import { show, view } from "../state/route.ts";
import { strings } from "../strings.ts";
import { ChannelsIcon } from "./icons.tsx";

const words = strings.channels;

/** The way to the channels, with the number of things there that wait for their owner. */
export function ChannelsLink() {
  const count = attention.value;
  const open = (): void => {
    show("channels");
    drawerOpen.value = false;
  };
  return (
    <button type="button" class="channels-link" onClick={open}
      aria-current={view.value === "channels" ? "page" : undefined}>
      <ChannelsIcon />
      <span>{words.link}</span>
      {count > 0 && (
        <span class="count-mark">
          <span aria-hidden="true">{count}</span>
          <span class="sr-only">{words.attention(count)}</span>
        </span>
      )}
    </button>
  );
}
