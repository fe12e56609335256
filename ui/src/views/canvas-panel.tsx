import { useEffect, useRef, useState } from "preact/hooks";
import { watchHands } from "../canvas/hands.ts";
import { Talk } from "../canvas/talk.ts";
import {
  actOnCanvas, canvas, canvasAddress, canvasFailure, canvasLoads, canvasWide, hideCanvas, onCanvasChange, reloadCanvas,
  showCanvas, shownView, surfaceMessages,
} from "../state/canvas.ts";
import { isReady } from "../state/gateway.ts";
import { narrow, theme } from "../state/page.ts";
import { strings } from "../strings.ts";
import type { CanvasAddress, CanvasView } from "../wire/canvas.ts";
import { Failure } from "./failure.tsx";
import { CloseIcon, NarrowIcon, ReloadIcon, WideIcon } from "./icons.tsx";
import { Loading } from "./loading.tsx";

const words = strings.canvas;
/** A page that is there says so within this time; else its own port leads elsewhere. */
const ARRIVAL_MS = 4_000;

export function CanvasPanel() {
  const [leaving, setLeaving] = useState<string>();
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape") close();
  };
  return (
    <aside class="canvas" aria-label={words.region} onKeyDown={onKey}>
      <header class="canvas-head">
        <Tabs />
        {!narrow.value && <WideButton />}
        <button type="button" class="quiet round" aria-label={words.reload} onClick={reloadCanvas}><ReloadIcon /></button>
        <button type="button" class="quiet round" aria-label={words.close} onClick={close}><CloseIcon /></button>
      </header>
      {leaving && <Leaving url={leaving} done={() => setLeaving(undefined)} />}
      {!isReady.value && <p class="stale">{words.away}</p>}
      <Failure reason={canvasFailure.value} retry={reloadCanvas} />
      {canvasAddress.value && !canvasFailure.value && (
        <CanvasFrame key={canvasLoads.value} address={canvasAddress.value} leave={setLeaving} />
      )}
      {!canvasAddress.value && !canvasFailure.value && <Loading text={words.loading} rows={1} />}
    </aside>
  );
}

function close(): void {
  hideCanvas();
  document.getElementById("canvas-button")?.focus();
}

function WideButton() {
  const wide = canvasWide.value;
  return (
    <button type="button" class="quiet round" aria-label={words.wide} aria-pressed={wide}
      onClick={() => { canvasWide.value = !wide; }}>
      {wide ? <NarrowIcon /> : <WideIcon />}
    </button>
  );
}

/** Which of the two, if there are two. */
function Tabs() {
  const { page, surfaces } = canvas.value;
  const other = shownView.value === "page" ? surfaces : page;
  if (!other) return <h2>{words.title}</h2>;
  return (
    <div class="canvas-tabs" role="group" aria-label={words.title}>
      <Tab view="page" /><Tab view="a2ui" />
    </div>
  );
}

function Tab({ view }: { view: CanvasView }) {
  return (
    <button type="button" class="quiet small" aria-pressed={shownView.value === view} onClick={() => void showCanvas(view)}>
      {words.views[view]}
    </button>
  );
}

/** A link on the canvas leads nowhere by itself: its address is shown, and opened or not. */
function Leaving({ url, done }: { url: string; done: () => void }) {
  return (
    <div class="canvas-leaving" role="alertdialog" aria-label={words.leaving}>
      <p>{words.leaving} <code>{url}</code></p>
      <a href={url} target="_blank" rel="noopener noreferrer" onClick={done}>{words.leave}</a>
      <button type="button" class="quiet small" onClick={done}>{strings.cancel}</button>
    </div>
  );
}

interface FrameProps {
  address: CanvasAddress;
  leave: (url: string) => void;
}

/** The canvas, in a frame that has no origin and may do nothing but run its scripts. */
function CanvasFrame({ address, leave }: FrameProps) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [source, setSource] = useState(firstSource(address));
  const [arrived, setArrived] = useState(false);
  useEffect(() => {
    const late = setTimeout(() => setSource(address.path), ARRIVAL_MS);
    const { hands, end } = watchHands(frame.current!);
    const talk = new Talk(frame.current!, {
      arrived: () => {
        clearTimeout(late);
        setArrived(true);
      },
      messages: () => surfaceMessages().catch(() => []),
      act: actOnCanvas,
      leave,
      theme: () => theme.value,
    }, () => hands.atWork());
    const hear = (event: MessageEvent): void => talk.hear(event);
    addEventListener("message", hear);
    onCanvasChange((change) => {
      if (change.kind === "push") talk.apply(change.messages);
      else if (change.kind === "reset") talk.reset();
      else talk.refill();
    });
    return () => {
      clearTimeout(late);
      end();
      removeEventListener("message", hear);
      onCanvasChange(undefined);
    };
  }, []);
  return (
    <>
      {!arrived && <progress class="canvas-coming" aria-label={words.loading} />}
      <iframe ref={frame} src={source} title={words.frame} sandbox="allow-scripts" referrerpolicy="no-referrer"
        onLoad={() => setArrived(true)} />
    </>
  );
}

/** A page that came encrypted frames nothing that did not. */
function firstSource({ url, path }: CanvasAddress): string {
  return new URL(url).protocol === location.protocol ? url : path;
}
