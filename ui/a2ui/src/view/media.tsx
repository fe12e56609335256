import { useState } from "preact/hooks";
import type { PartOf } from "../model/parts.ts";
import { strings } from "../strings.ts";

/** A picture, or its words where it may not be loaded or cannot be. */
export function ImageView({ part }: { part: PartOf<"Image"> }) {
  const { id, url, description, fit, variant, called } = part;
  const [failed, setFailed] = useState<string>();
  const alt = called ?? description;
  if (url === undefined || failed === url) {
    return <span class={`image none ${variant}`} data-id={id}><span>{alt || strings.noImage}</span></span>;
  }
  return (
    <img class={`image ${variant} fit-${fit}`} data-id={id} src={url} alt={alt} decoding="async"
      referrerpolicy="no-referrer" onError={() => setFailed(url)} />
  );
}

/** A film with the browser's own controls. */
export function VideoView({ part: { id, url, called } }: { part: PartOf<"Video"> }) {
  if (url === undefined) return <Missing id={id} text={called} />;
  return <video class="video" data-id={id} src={url} controls preload="metadata" playsInline aria-label={called} />;
}

/** A sound with its title. */
export function AudioView({ part: { id, url, description, called } }: { part: PartOf<"AudioPlayer"> }) {
  return (
    <figure class="audio" data-id={id}>
      {description && <figcaption>{description}</figcaption>}
      {url === undefined
        ? <Missing id={id} text={undefined} />
        : <audio src={url} controls preload="metadata" aria-label={called ?? description} />}
    </figure>
  );
}

function Missing({ id, text }: { id: string; text: string | undefined }) {
  return <span class="placeholder" data-id={id}>{text ?? strings.noMedia}</span>;
}
