import { ago, fullTime } from "../format.ts";

interface AgoProps {
  /** Unix milliseconds by the gateway's clock. */
  at: number;
  /** The gateway's clock now. */
  now: number;
  class?: string;
}

/** How long ago something was; the exact time is in its tooltip, and for machines. */
export function Ago({ at, now, class: name }: AgoProps) {
  return <time class={name} dateTime={new Date(at).toISOString()} title={fullTime(at)}>{ago(at, now)}</time>;
}
